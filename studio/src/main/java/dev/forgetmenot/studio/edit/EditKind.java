package dev.forgetmenot.studio.edit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.edit.EditContext;
import dev.forgetmenot.host.edit.EditEstimation;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.draw.StoredImage;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.RunningJob;
import dev.forgetmenot.studio.patch.SentPatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a patch and keeps it with those that were sent; its sheet stays in the folder of the job.
 * The result: {@code {"patch": id, "name": …, "seconds": …, "lines": [line, …], "sheet": file}}, or
 * of a dry run {@code {"lines": …, "near": [{"concept", "phrase", "cosine"}, …]}}. A job that was
 * stopped by the end of the program goes on from its state.
 *
 * @param model that is edited; waited for while it is loaded
 * @param source the methods and judges
 * @param store has the images that a request may name
 * @param patches gets the patch
 */
public record EditKind(
    Operation operation,
    ServedModel model,
    EditSource source,
    ImageStore store,
    SentPatches patches)
    implements AskedKind {
  private static final int NEAREST = 8;

  /** The kinds of all operations. */
  public static List<AskedKind> all(
      ServedModel model, EditSource source, ImageStore store, SentPatches patches) {
    return List.of(
        new EditKind(Operation.FORGET, model, source, store, patches),
        new EditKind(Operation.CORRECT, model, source, store, patches));
  }

  @Override
  public String check(JsonObject request) throws IOException {
    EditBody body = new EditBody(operation, request);
    if (source.editors(operation).isEmpty()) {
      throw new IllegalArgumentException(
          "no method to " + name() + " is there: the model is being loaded, or no plugin has one");
    }
    for (List<String> ids : body.images(source).values()) {
      for (String id : ids) {
        if (store.image(id).isEmpty()) {
          throw new IllegalArgumentException("there is no image of the id " + id);
        }
      }
    }
    body.order(source, source.judging(), Path.of("."));
    return body.title();
  }

  @Override
  public String name() {
    return new EditBody(operation, new JsonObject()).word();
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    running.progress("waiting for the model", 0, 0);
    NamedModel hosted = model.awaitBase();
    EditBody body = new EditBody(operation, request);
    EvaluationSetup judging = source.judging();
    EditRequest order = body.order(source, judging, folder);
    writeImages(body.images(source), folder);
    if (body.dryRun()) {
      JsonObject json = new JsonObject();
      EditEstimation.Estimate estimate = new EditEstimation(running, 0).run(hosted, order);
      json.add("lines", JsonTexts.array(estimate.lines()));
      json.add("near", near(order, estimate.near()));
      return json;
    }
    running.progress(body.title(), 0, 0);
    EditRequest begun = order.states().isEmpty() ? order : order.resuming();
    EditJob job =
        new EditJob(
            running,
            EditContext.TrainingListener.NONE,
            new ShownImages(running),
            judging.possible() ? Optional.of(source.second()) : Optional.empty());
    EditJob.Result result = job.run(hosted, begun);
    JsonObject json = patches.adopt(result.file());
    json.addProperty("seconds", result.seconds());
    json.add(
        "lines",
        JsonTexts.array(
            result.report().map(EditJob.Report::lines).orElse(List.of("not measured"))));
    if (Files.exists(order.sheet())) {
      json.addProperty("sheet", String.valueOf(order.sheet().getFileName()));
    }
    return json;
  }

  /** The images of the request, as folders; none is named by what came with it. */
  private void writeImages(Map<String, List<String>> images, Path folder) throws IOException {
    for (Map.Entry<String, List<String>> entry : images.entrySet()) {
      Path own = Files.createDirectories(folder.resolve(entry.getKey()));
      for (String id : entry.getValue()) {
        StoredImage image =
            store.image(id).orElseThrow(() -> new IOException("the image " + id + " is gone"));
        Files.write(own.resolve(image.id() + ".png"), store.bytes(image.id()));
      }
    }
  }

  /** What stands near to the concepts in the text encoder, nearest first. */
  private static JsonArray near(EditRequest order, List<NearestConcepts> near) {
    JsonArray all = new JsonArray();
    for (int i = 0; i < near.size(); i++) {
      for (NearestConcepts.Near one : near.get(i).phrases().stream().limit(NEAREST).toList()) {
        JsonObject json = new JsonObject();
        json.addProperty("concept", order.concepts().get(i).name());
        json.addProperty("phrase", one.subject().phrase());
        json.addProperty("cosine", one.cosine());
        all.add(json);
      }
    }
    return all;
  }
}
