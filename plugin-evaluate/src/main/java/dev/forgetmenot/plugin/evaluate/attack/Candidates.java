package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Images of several trials. */
final class Candidates {
  private static final int BATCH = 8;
  private static final int SMALL = 64; // pixels of a side: so many images are drawn together
  private static final int PIXELS = 512;

  private Candidates() {}

  /** What is drawn together where a store does not decide it: eight small images, one large one. */
  static <T> List<List<T>> batches(List<T> all, GenerationRequest settings) {
    int pixels = settings.width().orElse(PIXELS) * settings.height().orElse(PIXELS);
    int size = Math.max(1, Math.min(BATCH, BATCH * SMALL * SMALL / pixels));
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      batches.add(all.subList(from, Math.min(from + size, all.size())));
    }
    return batches;
  }

  /** Plain images of requests by a model as it is, drawn in batches. */
  static List<RgbImage> plain(
      DiffusionModel model, List<GenerationRequest> requests, GenerationRequest settings)
      throws IOException {
    List<RgbImage> images = new ArrayList<>();
    for (List<GenerationRequest> batch : batches(requests, settings)) {
      images.addAll(ImageMaker.plain().maker().make(model, batch));
    }
    return images;
  }

  /**
   * Trials of images that stand together.
   *
   * @param images {@code each} of every trial, trial by trial
   * @param recipe of the candidate at a place within its trial
   */
  static List<Trial> trials(List<DrawnImage> images, int each, IntFunction<String> recipe) {
    List<Trial> trials = new ArrayList<>();
    for (int from = 0; from < images.size(); from += each) {
      List<DrawnImage> own = images.subList(from, from + each);
      trials.add(
          new Trial(
              IntStream.range(0, each)
                  .mapToObj(i -> new Candidate(own.get(i), recipe.apply(i)))
                  .toList()));
    }
    return trials;
  }

  /** How the images of a setting are made. */
  interface Making<S> {
    ImageMaker.Described of(S setting) throws IOException;
  }

  /**
   * The one row of an attack whose trials draw by name in every setting of a sweep.
   *
   * @param what is swept, for {@link #curve}
   * @param recipe of a setting's image
   */
  static <S> List<AttackRow> swept(
      AttackRun run, String what, List<S> settings, Making<S> making, Function<S, String> recipe)
      throws IOException {
    List<Shot> shots = run.shots();
    List<List<DrawnImage>> images = new ArrayList<>();
    for (S setting : settings) {
      images.add(run.draw(shots, making.of(setting)));
    }
    long unet = Attack.Plan.of((long) shots.size() * settings.size(), 0).all(run.task());
    return List.of(
        AttackRow.of("", sweep(images, i -> recipe.apply(settings.get(i))), unet)
            .saying(curve(run, what, images, i -> "" + settings.get(i))));
  }

  /**
   * Trials of a sweep.
   *
   * @param images for each setting one image of every trial
   * @param recipe of a setting
   */
  static List<Trial> sweep(List<List<DrawnImage>> images, IntFunction<String> recipe) {
    List<DrawnImage> all = new ArrayList<>();
    for (int trial = 0; trial < images.get(0).size(); trial++) {
      for (List<DrawnImage> setting : images) {
        all.add(setting.get(trial));
      }
    }
    return trials(all, images.size(), recipe);
  }

  /** How many images of each setting show the concept, by the judge that chooses. */
  static String curve(
      AttackRun run, String what, List<List<DrawnImage>> images, IntFunction<String> setting)
      throws IOException {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      long shown = run.show(images.get(i)).stream().filter(shows -> shows).count();
      parts.add(Message.of("%s %d/%d", setting.apply(i), shown, images.get(i).size()));
    }
    return Message.of("By the judge that chooses, %s: %s.", what, String.join(", ", parts));
  }
}
