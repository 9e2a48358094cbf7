package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.judge.NeverKnownHalves;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How fast relearning learns: the smallest of 1e-6, 1e-5 and 1e-4 by which 200 steps teach the
 * original a concept that it never knew, in half of the images or more; the largest if none does.
 * It is found once for a model and kept.
 */
final class RelearnRate {
  private static final List<Double> RATES = List.of(1e-6, 1e-5, 1e-4);
  private static final int STEPS = 200;
  private static final int IMAGES = 8;
  private static final double WITHOUT_FLOOR = 1e-5;

  private RelearnRate() {}

  static double of(AttackRun run) throws IOException {
    if (run.task().never().isEmpty()) {
      return WITHOUT_FLOOR;
    }
    NeverKnown never = run.task().never().get(0);
    Path file =
        run.access()
            .folder(ModelState.ORIGINAL, "attack-relearn-rate-" + never.name())
            .resolve("rate.txt");
    if (Files.exists(file)) {
      return Double.parseDouble(TextFile.lines(file).get(0));
    }
    double found = RATES.get(RATES.size() - 1);
    for (double rate : RATES) {
      if (taught(run, never, rate) >= 0.5) {
        found = rate;
        break;
      }
    }
    AtomicFile.write(file, Double.toString(found).getBytes(StandardCharsets.US_ASCII));
    return found;
  }

  /** In what share of images the concept comes after training. */
  private static double taught(AttackRun run, NeverKnown never, double rate) throws IOException {
    GenerationRequest settings = run.task().settings();
    List<RgbImage> shown = NeverKnownHalves.read(never, settings.width().orElseThrow()).shown();
    String prompt = PromptTemplate.of(never.kind()).with(never.phrase());
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      shots.add(new Shot(prompt, run.task().seeds().target()[0] + i, never.phrase(), never.kind()));
    }
    List<GenerationRequest> requests =
        shots.stream().map(shot -> settings.prompted(prompt).seeds(shot.seed(), 1)).toList();
    List<RgbImage> drawn =
        run.access()
            .compute(
                ModelState.ORIGINAL,
                model -> {
                  try (Relearning trained = new Relearning(model, rate, run.context())) {
                    List<String> prompts = Collections.nCopies(shown.size(), prompt);
                    trained.learn(new Relearning.Lesson(shown, prompts), STEPS);
                    return Candidates.plain(model, requests, settings);
                  }
                });
    List<DrawnImage> kept =
        run.access()
            .make(
                shots,
                ModelState.ORIGINAL,
                new ImageMaker.Described(
                    "trained on " + never.name() + " for " + STEPS + " steps, rate " + rate,
                    (model, some) ->
                        some.stream()
                            .map(one -> drawn.get((int) (one.seed() - shots.get(0).seed())))
                            .toList()),
                run.context());
    List<JudgedImage> said =
        run.access().answers(run.access().judges().get(0), kept, Optional.of(never));
    long taught = said.stream().filter(one -> one.is(List.of(never.phrase()))).count();
    return (double) taught / IMAGES;
  }
}
