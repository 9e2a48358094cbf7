package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.PngImage;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws the units that a store does not have, in batches of equal settings, and keeps each batch as
 * soon as it is done: whatever ends the process loses one batch.
 *
 * @param model draws
 * @param store keeps
 * @param context progress and cancellation, asked between two batches
 */
public record Drawing(TestedModel model, ImageStore store, JobContext context) {
  private static final String STAGE = "drawing";

  /**
   * Draws.
   *
   * @param units in the order of a plan: those of one model stand together
   * @return how many were drawn
   * @throws java.util.concurrent.CancellationException if the user stopped; what is drawn is kept
   */
  public int draw(List<ImageUnit> units) throws IOException {
    Map<ModelState, List<ImageUnit>> missing = new LinkedHashMap<>();
    for (ImageUnit unit : units) {
      if (store.find(unit.key()).isEmpty()) {
        missing.computeIfAbsent(state(unit), ignored -> new ArrayList<>()).add(unit);
      }
    }
    int total = missing.values().stream().mapToInt(List::size).sum();
    int done = 0;
    for (List<ImageUnit> ofState : missing.values()) {
      for (List<ImageUnit> batch : batches(ofState)) {
        context.checkCancelled();
        context.progress(STAGE, done, total);
        keep(batch, drawn(batch));
        done += batch.size();
      }
    }
    if (total > 0) {
      context.progress(STAGE, total, total);
    }
    return total;
  }

  /** Whether the first batch of some units of one model is drawn again as the store has it. */
  boolean repeats(List<ImageUnit> units) throws IOException {
    for (List<ImageUnit> batch : batches(units).stream().limit(1).toList()) {
      List<RgbImage> images = drawn(batch);
      for (int i = 0; i < batch.size(); i++) {
        RgbImage kept = store.image(batch.get(i).key());
        if (!Arrays.equals(kept.rgb(), images.get(i).rgb())) {
          return false;
        }
      }
    }
    return true;
  }

  private List<RgbImage> drawn(List<ImageUnit> batch) throws IOException {
    return model.draw(state(batch.get(0)), filled(batch));
  }

  private ModelState state(ImageUnit unit) {
    for (ModelState state : ModelState.values()) {
      if (model.identity(state).equals(unit.model())) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        Message.of(
            "the unit %s is of %s; this machine draws with %s: give it the same model, patches and number of threads",
            unit.key(), unit.model(), model.identity(ModelState.PATCHED)));
  }

  /** Units that differ in prompt and seed alone, as many as are drawn together. */
  private List<List<ImageUnit>> batches(List<ImageUnit> units) {
    Map<GenerationRequest, List<ImageUnit>> equal = new LinkedHashMap<>();
    for (ImageUnit unit : units) {
      GenerationRequest settings = TaskUnits.request(unit).prompted("").seeds(0, 1);
      equal.computeIfAbsent(settings, ignored -> new ArrayList<>()).add(unit);
    }
    List<List<ImageUnit>> batches = new ArrayList<>();
    for (List<ImageUnit> group : equal.values()) {
      int size = model.batch(group.get(0).width(), group.get(0).height());
      for (int from = 0; from < group.size(); from += size) {
        batches.add(group.subList(from, Math.min(from + size, group.size())));
      }
    }
    return batches;
  }

  /** The requests of a batch; the last one again until it is full. */
  private List<GenerationRequest> filled(List<ImageUnit> batch) {
    List<GenerationRequest> requests =
        new ArrayList<>(batch.stream().map(TaskUnits::request).toList());
    while (requests.size() < model.batch(batch.get(0).width(), batch.get(0).height())) {
      requests.add(requests.get(requests.size() - 1));
    }
    return requests;
  }

  private void keep(List<ImageUnit> batch, List<RgbImage> images) throws IOException {
    for (int i = 0; i < batch.size(); i++) {
      store.put(batch.get(i).key(), PngImage.bytes(images.get(i)));
    }
  }
}
