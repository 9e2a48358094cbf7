package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchException;
import dev.forgetmenot.evaluation.bench.BenchModel;
import dev.forgetmenot.evaluation.bench.BenchProblem;
import dev.forgetmenot.evaluation.bench.ModelChecks;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;

/** Whether a list and a model belong together; quick, before anything is drawn. */
final class ListFit {
  /** A list that draws with so many times more or fewer pixels is meant for another base. */
  private static final double PIXELS = 4;

  /** Of shorter lists each concept that is not in the vocabulary is said. */
  private static final int LONG = 10;

  private ListFit() {}

  /**
   * Refuses a list for another base: one of another size or of which most concepts are not in the
   * vocabulary, with prompts that the tokenizer cuts off, or with single concepts that are not in
   * it.
   *
   * @throws IllegalArgumentException if the list is for another base
   * @throws BenchException with all prompts and concepts that do not fit
   */
  static void check(Bench bench, StableDiffusion model, KnownConcepts vocabulary) {
    BenchModel drawn = bench.model();
    double own = Math.pow(model.imageSize(), 2);
    double asked = (double) drawn.width() * drawn.height();
    if (asked > PIXELS * own || asked < own / PIXELS) {
      throw new IllegalArgumentException(
          Message.of(
              "the list %s draws images of %d × %d and the model %s of %d × %d: the list is for another base; give another list, or another model by --model",
              bench.name(),
              drawn.width(),
              drawn.height(),
              model.base().label(),
              model.imageSize(),
              model.imageSize()));
    }
    int all = bench.concepts().size();
    long known =
        bench.concepts().stream().filter(one -> vocabulary.find(one.phrase()).isPresent()).count();
    if (all >= LONG && 2 * known < all) {
      throw new IllegalArgumentException(
          Message.of(
              "of the %d concepts of the list %s the vocabulary of the model %s has %d: the list is for another base; give another list, another model by --model, or the model's vocabulary by --known-concepts",
              all, bench.name(), model.base().label(), known));
    }
    List<BenchProblem> problems = new ArrayList<>();
    problems.addAll(
        model.engine().call(() -> ModelChecks.cutOff(bench, text -> model.tokenize(text).cut())));
    problems.addAll(ModelChecks.unknown(bench, vocabulary));
    problems.addAll(ModelChecks.known(bench, vocabulary));
    if (!problems.isEmpty()) {
      throw new BenchException(problems);
    }
  }
}
