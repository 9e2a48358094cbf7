package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.judge.Judge;
import dev.forgetmenot.evaluation.judge.JudgeClassifier;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.kit.auto.SearchTime;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The context of an edit on a folder whose only image tower is that of its safety checker. An
 * editor that asks for a judge gets judge B of an evaluation, for which images of the untouched
 * model are drawn when it first asks. Where an image takes long, that is done only if the user says
 * how long a search may take. For the engine thread.
 */
final class TowerJudging implements JobContext.Nested, AutoCloseable {
  private static final String STEPS = "eval-steps";
  private static final int USUAL_STEPS = 8;

  private final JobContext outer;
  private final PrototypeImages images;
  private final StableDiffusion model;
  private final EditRequest order;
  private final SearchTime time;
  private Optional<ImageClassifier> judge; // null before it is asked for
  private ImageEmbedder tower; // null unless it is loaded

  /**
   * A context, whose time begins now.
   *
   * @param outer its judge comes first, if it has one
   * @param images the store of the images
   * @param model without patches
   * @param order whose settings may limit the time
   */
  TowerJudging(JobContext outer, PrototypeImages images, StableDiffusion model, EditRequest order) {
    this.outer = outer;
    this.images = images;
    this.model = model;
    this.order = order;
    this.time = SearchTime.of(order.values());
    this.judge = outer.judge().isPresent() ? outer.judge() : null;
  }

  @Override
  public JobContext outer() {
    return outer;
  }

  /**
   * As above.
   *
   * @throws UncheckedIOException if the tower cannot be read, or images not be kept
   */
  @Override
  public Optional<ImageClassifier> judge() {
    if (judge == null) {
      try {
        judge = isTimely() ? opened(order.judging().embedder()) : Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return judge;
  }

  private boolean isTimely() {
    note(model, order).ifPresent(outer::say);
    return order.judging().towerAlone().isPresent() && isTimely(model, time);
  }

  private static boolean isTimely(StableDiffusion model, SearchTime time) {
    return time.isLimited() || !PrototypeImages.takesLong(model);
  }

  /** What judges methods, or what a user may do where each image takes long; for people. */
  static Optional<String> note(StableDiffusion model, EditRequest order) {
    if (order.judging().towerAlone().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        isTimely(model, SearchTime.of(order.values()))
            ? "methods are judged by the image tower of safety_checker/ (judge B), set by images of"
                + " the untouched model"
            : Message.of(
                "the image tower of safety_checker/ can judge methods, but an image of %d × %d takes"
                    + " long: --time 30m, or what you can spare, judges by as many as that allows",
                model.imageSize(), model.imageSize()));
  }

  private Optional<ImageClassifier> opened(ClipFiles files) throws IOException {
    tower = ClipEmbedder.open(files, model.engine());
    int steps = order.values().find(STEPS).map(Integer::parseInt).orElse(USUAL_STEPS);
    Optional<Judge> set =
        images.alone(
            model,
            tower,
            order.concepts(),
            order.judging().vocabulary(),
            new PrototypeImages.Effort(steps, time),
            outer);
    if (set.isEmpty()) {
      outer.say(
          "half of the time was over before judge B was set: images that are drawn are kept, and the"
              + " same command goes on from them");
      return Optional.empty();
    }
    Count right = set.get().accuracy();
    outer.say(
        Message.of(
            "judge B (%s) chooses, of %d things and styles; right on %d of %d held-out images",
            set.get().label(), set.get().labels().size(), right.k(), right.n()));
    return Optional.of(new JudgeClassifier(set.get(), Optional.empty()));
  }

  @Override
  public void close() {
    if (tower != null) {
      tower.close();
    }
  }
}
