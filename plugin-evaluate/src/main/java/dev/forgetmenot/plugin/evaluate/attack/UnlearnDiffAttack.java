package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.plugin.evaluate.attack.FoundPrompts.Asked;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.pf4j.Extension;

/**
 * Puts three words in front of the prompt, chosen so that the model denoises an image of the
 * concept: UnlearnDiffAtk (Zhang et al., "To Generate or Not?", ECCV 2024, arXiv 2310.11868). A
 * prompt that shows the concept already is not attacked. A search ends with the first image that
 * shows it; a quick one draws all of its images afterwards, so that small batches are not filled
 * up.
 */
@Extension(ordinal = 60)
public final class UnlearnDiffAttack extends PromptSearch {
  private static final int PLACES = 3;

  private final Effort effort;

  /** How long it searches. */
  record Effort(int first, int every, int times, int iterations) {
    static Effort of(AttackBudget budget) {
      return switch (budget) {
        case QUICK -> new Effort(50, 200, 5, 20);
        case STANDARD -> new Effort(50, 50, 19, 20);
        case PAPER -> new Effort(10, 20, 50, 40);
      };
    }

    private int timestep(int time) {
      return first + every * time;
    }
  }

  /** With the effort of each budget. */
  public UnlearnDiffAttack() {
    this(null);
  }

  UnlearnDiffAttack(Effort effort) {
    this.effort = effort;
  }

  private Effort effort(AttackBudget budget) {
    return effort == null ? Effort.of(budget) : effort;
  }

  @Override
  public String name() {
    return "unlearndiff";
  }

  @Override
  public String summary() {
    return "Searches three words by gradients that bring the concept back (UnlearnDiffAtk).";
  }

  @Override
  public int version() {
    return 3;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    Effort each = effort(budget);
    long searches = trials(budget, trials);
    return Plan.of(searches * (1 + each.times()), 2 * searches * each.times() * each.iterations());
  }

  @Override
  long searching(AttackRun run) {
    Effort each = effort(run.budget());
    return 2L * each.times() * each.iterations();
  }

  @Override
  List<Asked> before(Shot shot) {
    return List.of(new Asked(shot.prompt(), shot.seed()));
  }

  @Override
  List<Integer> attacked(AttackRun run) throws IOException {
    List<Integer> trials = trials(run);
    List<Boolean> shown = run.show(run.draw(trials.stream().map(run::shot).toList()));
    return IntStream.range(0, shown.size())
        .filter(i -> !shown.get(i))
        .mapToObj(trials::get)
        .toList();
  }

  @Override
  String fact(AttackRun run, int attacked) {
    return Message.of(
        "%d of %d images by name alone show it before any search, by the judge that chooses.",
        trials(run).size() - attacked, trials(run).size());
  }

  @Override
  List<List<Asked>> search(Searched searched) throws IOException {
    Effort each = effort(searched.run().budget());
    List<One> searches = new ArrayList<>();
    List<List<Asked>> asked = new ArrayList<>();
    for (int i = 0; i < searched.size(); i++) {
      asked.add(new ArrayList<>());
    }
    searched
        .run()
        .compute(
            model -> {
              for (int i = 0; i < searched.size(); i++) {
                searches.add(new One(i, searched, model, asked.get(i)));
              }
              return null;
            });
    List<One> open = new ArrayList<>(searches);
    for (int time = 0; time < each.times() && !open.isEmpty(); time++) {
      searched.run().context().checkCancelled();
      searched.run().context().progress("searching words", time, each.times());
      int timestep = each.timestep(time);
      List<Shot> shots =
          searched.run().compute(model -> improved(model, searched, open, timestep, each));
      for (int i = 0; i < open.size(); i++) {
        open.get(i).asked().add(new Asked(shots.get(i).prompt(), shots.get(i).seed()));
      }
      if (searched.run().budget() != AttackBudget.QUICK) {
        List<Boolean> shows = searched.run().show(searched.run().draw(shots));
        for (int i = open.size() - 1; i >= 0; i--) {
          if (shows.get(i)) {
            open.remove(i);
          }
        }
      }
    }
    return asked;
  }

  private static List<Shot> improved(
      DiffusionModel model, Searched searched, List<One> open, int timestep, Effort effort) {
    try (InputGradients gradients = gradients(model);
        NDManager manager = model.newManager()) {
      NDArray table = searched.words().table(model, manager);
      for (int i = 0; i < effort.iterations(); i++) {
        searched.run().context().checkCancelled();
        List<int[]> words = open.stream().map(one -> one.simplex().sample(one.random())).toList();
        List<TextGradients> asked = new ArrayList<>();
        for (int j = 0; j < open.size(); j++) {
          asked.add(open.get(j).ask(searched.words().chosen(words.get(j)), timestep));
        }
        float[][] rows = TextGradients.of(model, gradients, asked);
        for (int j = 0; j < open.size(); j++) {
          open.get(j).simplex().step(ofOneHot(rows[j], table));
        }
      }
    }
    return open.stream().map(one -> one.shot(model)).toList();
  }

  /** The gradient of one-hot vectors (k, V): that of their embeddings times the table. */
  private static float[][] ofOneHot(float[] rows, NDArray table) {
    long width = table.getShape().get(1);
    try (NDArray gradient = table.getManager().create(rows, new Shape(PLACES, width));
        NDArray columns = table.transpose();
        NDArray all = gradient.matMul(columns)) {
      float[] values = all.toFloatArray();
      int words = values.length / PLACES;
      float[][] split = new float[PLACES][words];
      for (int i = 0; i < PLACES; i++) {
        System.arraycopy(values, i * words, split[i], 0, words);
      }
      return split;
    }
  }

  /** The search of one trial. */
  private record One(
      int place,
      Searched searched,
      TokenSimplex simplex,
      SplittableRandom random,
      NoiseSource noise,
      List<Integer> prompt,
      List<Asked> asked) {
    One(int place, Searched searched, DiffusionModel model, List<Asked> asked) {
      this(
          place,
          searched,
          new TokenSimplex(PLACES, searched.words().size()),
          new SplittableRandom(searched.shot(place).seed()),
          model.noise(searched.shot(place).seed() + APART),
          fitting(model, model.tokenIds(searched.shot(place).prompt())),
          asked);
    }

    /** As much of a prompt as has room behind the words. */
    private static List<Integer> fitting(DiffusionModel model, List<Integer> ids) {
      int room = model.tokenize("").ids().size() - 2 - PLACES;
      return ids.subList(0, Math.min(ids.size(), room));
    }

    private List<Integer> with(List<Integer> words) {
      List<Integer> ids = new ArrayList<>(words);
      ids.addAll(prompt);
      return ids;
    }

    TextGradients ask(List<Integer> words, int timestep) {
      NoisedImage image = searched.images().get(place);
      float[] epsilon = noise.normal(image.clean().length);
      return new TextGradients(
          with(words),
          IntStream.range(0, PLACES).toArray(),
          image.at(timestep, epsilon),
          timestep,
          image.target(timestep, epsilon));
    }

    Shot shot(DiffusionModel model) {
      List<Integer> ids = with(searched.words().chosen(simplex.likeliest()));
      Shot plain = searched.shot(place);
      return searched.run().shot(model.tokenizer().decode(ids), plain.seed());
    }
  }
}
