package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.plugin.evaluate.attack.FoundPrompts.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * An attack that searches prompts by gradients to token embeddings. Trials are searched several at
 * a time where the model is small; what was asked in them is kept as soon as they are done, so that
 * a stopped attack goes on with the next ones. Searches choose ids, and images are drawn of the
 * ids' text, as a user would type it.
 */
abstract class PromptSearch implements Attack {
  /** Between the seeds of a trial, so that they are neither another trial's nor of other uses. */
  static final long APART = 10_000_000;

  /** Numbers of latents that are searched in one batch, about: one trial at a time for SD. */
  private static final int TOGETHER = 16 * 4 * 16 * 16;

  @Override
  public final Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public final boolean adaptive() {
    return true;
  }

  /** Everything that a search of some trials works with. */
  record Searched(
      AttackRun run, List<Integer> trials, SearchWords words, List<NoisedImage> images) {
    Shot shot(int place) {
      return run.shot(trials.get(place));
    }

    int size() {
      return trials.size();
    }
  }

  /**
   * Searches prompts.
   *
   * @return for each of its trials what is asked, at least once, in order
   */
  abstract List<List<Asked>> search(Searched searched) throws IOException;

  /** The trials of a run: half of them where it should be quick, spread over the prompts. */
  static List<Integer> trials(AttackRun run) {
    int every = run.budget() == AttackBudget.QUICK ? 2 : 1;
    return IntStream.iterate(0, trial -> trial < run.trials(), trial -> trial + every)
        .boxed()
        .toList();
  }

  /** How many trials a run of so many seeds has. */
  static long trials(AttackBudget budget, int seeds) {
    return budget == AttackBudget.QUICK ? (seeds + 1) / 2 : seeds;
  }

  /** Trials that are attacked. */
  abstract List<Integer> attacked(AttackRun run) throws IOException;

  /** What was asked of every trial before any search, attacked or not. */
  abstract List<Asked> before(Shot shot);

  /** UNet evaluations of the search of one trial, images apart. */
  abstract long searching(AttackRun run);

  /** What a reader should know. */
  abstract String fact(AttackRun run, int attacked);

  @Override
  public final List<AttackRow> run(AttackRun run) throws IOException {
    Optional<List<AttackRow>> missing = OneVocabulary.missing(run);
    if (missing.isPresent()) {
      return missing.get();
    }
    List<Integer> attacked = attacked(run);
    int together = run.compute(PromptSearch::together);
    Map<Integer, List<Asked>> asked = new TreeMap<>();
    List<Path> files = new ArrayList<>();
    for (int from = 0; from < attacked.size(); from += together) {
      List<Integer> trials = attacked.subList(from, Math.min(attacked.size(), from + together));
      Path file = run.folder(digest(run)).resolve("prompts-" + trials.get(0) + ".txt");
      if (!Files.exists(file)) {
        FoundPrompts.write(file, trials, search(searched(run, trials)));
      }
      List<List<Asked>> found = FoundPrompts.read(file);
      for (int i = 0; i < trials.size(); i++) {
        asked.put(trials.get(i), found.get(i));
      }
      files.add(file);
    }
    List<Shot> shots = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int trial : trials(run)) {
      List<Asked> all = new ArrayList<>(before(run.shot(trial)));
      all.addAll(asked.getOrDefault(trial, List.of()));
      all.forEach(one -> shots.add(run.shot(one.prompt(), one.seed())));
      sizes.add(all.size());
    }
    long unet = Plan.of(shots.size(), attacked.size() * searching(run)).all(run.task());
    return List.of(
        AttackRow.of("", trials(run.draw(shots), sizes), unet)
            .saying(fact(run, attacked.size()))
            .keeping(files));
  }

  /** Of all that decides what is found, beside what is in the folder's name already. */
  private String digest(AttackRun run) {
    String decides =
        String.join(
            "\n",
            Integer.toString(version()),
            Long.toString(searching(run)),
            Arrays.toString(run.seeds()),
            run.aim().prompts().toString(),
            run.task().settings().toString());
    return Sha256.hex(decides.getBytes(StandardCharsets.UTF_8)).substring(0, 24);
  }

  private static List<Trial> trials(List<DrawnImage> images, List<Integer> sizes) {
    List<Trial> trials = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      if (size > 0) {
        trials.add(
            new Trial(
                images.subList(from, from + size).stream()
                    .map(image -> new Candidate(image, ""))
                    .toList()));
      }
      from += size;
    }
    return trials;
  }

  private static int together(DiffusionModel model) {
    return Math.max(1, TOGETHER / numbers(model));
  }

  private static int numbers(DiffusionModel model) {
    int[] shape = model.latentShape();
    return shape[0] * shape[1] * shape[2];
  }

  /** Gradients; those of images larger than Stable Diffusion 1.5's keep no activations. */
  static InputGradients gradients(DiffusionModel model) {
    return model.inputGradients(numbers(model) > TOGETHER);
  }

  /** The trials with images that the attacker has, in turn. */
  private Searched searched(AttackRun run, List<Integer> trials) throws IOException {
    List<RgbImage> shown = run.shown().first(run.trials());
    return run.compute(
        model -> {
          List<NoisedImage> images = new ArrayList<>();
          for (int trial : trials) {
            images.add(latents(model, shown.get(trial % shown.size()), run.seeds()[trial]));
          }
          return new Searched(run, trials, SearchWords.of(model), images);
        });
  }

  private NoisedImage latents(DiffusionModel model, RgbImage image, long seed) {
    try (LatentDistribution posterior = model.encodePosteriors(List.of(image))) {
      return NoisedImage.of(clean(model, posterior, seed), model.noiseSchedule());
    }
  }

  /** The latents that are searched with: the mean of an image's. */
  float[] clean(DiffusionModel model, LatentDistribution posterior, long seed) {
    return posterior.mean().toFloatArray();
  }
}
