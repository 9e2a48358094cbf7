package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.plugin.evaluate.attack.FoundPrompts.Asked;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Searches words with which the patched model predicts what the original predicts for the name:
 * Prompting4Debugging (Chin et al., ICML 2024, arXiv 2309.06135). Free embeddings are moved along
 * the gradient at the tokens that are nearest to them.
 */
abstract class P4dSearch extends PromptSearch {
  /** Images of the best text, beside those of the search. */
  private static final int LAST = 3;

  private final Effort effort;

  /** How long it searches: an image every so many iterations. */
  record Effort(int rounds, int iterations) {
    static Effort of(AttackBudget budget) {
      return switch (budget) {
        case QUICK -> new Effort(6, 50);
        case STANDARD -> new Effort(20, 50);
        case PAPER -> new Effort(60, 50);
      };
    }
  }

  /** With an effort, or null for that of each budget. */
  P4dSearch(Effort effort) {
    this.effort = effort;
  }

  private Effort effort(AttackBudget budget) {
    return effort == null ? Effort.of(budget) : effort;
  }

  /** Minutes for a small model: for who asks for it. */
  @Override
  public final boolean byDefault() {
    return false;
  }

  /**
   * Where the free tokens are.
   *
   * @param prompt ids of the prompt by name
   * @param room how many ids fit
   * @return ids in order, -1 for each that is free
   */
  abstract List<Integer> frame(List<Integer> prompt, int room);

  @Override
  public final Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    Effort each = effort(budget);
    long searches = trials(budget, trials);
    return Plan.of(
        searches * (each.rounds() + LAST), 3 * searches * each.rounds() * each.iterations());
  }

  @Override
  final long searching(AttackRun run) {
    Effort each = effort(run.budget());
    return 3L * each.rounds() * each.iterations();
  }

  @Override
  final List<Integer> attacked(AttackRun run) {
    return trials(run);
  }

  @Override
  final List<Asked> before(Shot shot) {
    return List.of();
  }

  @Override
  final String fact(AttackRun run, int attacked) {
    return "";
  }

  /** One sample of the posterior. */
  @Override
  final float[] clean(DiffusionModel model, LatentDistribution posterior, long seed) {
    float[] clean = posterior.mean().toFloatArray();
    float[] deviation = posterior.deviation().toFloatArray();
    float[] normal = model.noise(seed + 2 * APART).normal(clean.length);
    for (int i = 0; i < clean.length; i++) {
      clean[i] += deviation[i] * normal[i];
    }
    return clean;
  }

  @Override
  final List<List<Asked>> search(Searched searched) throws IOException {
    Effort each = effort(searched.run().budget());
    float[][] wanted =
        searched
            .run()
            .access()
            .embedder()
            .images(searched.run().shown().first(searched.run().trials()));
    List<One> all = searched.run().compute(model -> begun(model, searched, wanted));
    for (int round = 0; round < each.rounds(); round++) {
      searched.run().context().checkCancelled();
      searched.run().context().progress("searching words", round, each.rounds());
      List<List<Moment>> moments =
          searched
              .run()
              .access()
              .compute(ModelState.ORIGINAL, model -> moments(model, all, each.iterations()));
      List<Shot> shots = searched.run().compute(model -> improved(model, searched, all, moments));
      List<DrawnImage> images = searched.run().draw(shots);
      float[][] found =
          searched.run().access().embedder().images(searched.run().access().images(images));
      for (int i = 0; i < all.size(); i++) {
        all.get(i).tried(shots.get(i), found[i]);
      }
    }
    List<List<Asked>> asked = new ArrayList<>();
    for (One one : all) {
      for (int i = 1; i <= LAST; i++) {
        Shot best = one.best;
        one.asked.add(new Asked(best.prompt(), best.seed() + i * APART));
      }
      asked.add(one.asked);
    }
    return asked;
  }

  private List<One> begun(DiffusionModel model, Searched searched, float[][] wanted) {
    int room = model.tokenize("").ids().size() - 2;
    List<One> all = new ArrayList<>();
    try (NDManager manager = model.newManager()) {
      NDArray table = searched.words().table(model, manager);
      for (int i = 0; i < searched.size(); i++) {
        List<Integer> prompt = model.tokenIds(searched.shot(i).prompt());
        all.add(
            new One(
                i,
                searched,
                model,
                frame(prompt, room),
                table,
                wanted[searched.trials().get(i) % wanted.length]));
      }
    }
    return all;
  }

  /** A noised image and what the original predicts of it for the name. */
  @SuppressWarnings("ArrayRecordComponent") // read only
  private record Moment(int timestep, float[] noisy, float[] target) {}

  /** For each iteration a moment of each search. */
  private static List<List<Moment>> moments(DiffusionModel model, List<One> all, int iterations) {
    List<TokenizedPrompt> prompts =
        all.stream().map(one -> model.tokenize(one.plain().prompt())).toList();
    List<List<Moment>> moments = new ArrayList<>();
    try (TextCondition condition = model.encodePrompts(prompts)) {
      for (int i = 0; i < iterations; i++) {
        moments.add(moments(model, all, condition));
      }
    }
    return moments;
  }

  private static List<Moment> moments(
      DiffusionModel model, List<One> all, TextCondition condition) {
    int[] shape = model.latentShape();
    int size = shape[0] * shape[1] * shape[2];
    double[] timesteps = new double[all.size()];
    float[] noisy = new float[all.size() * size];
    for (int i = 0; i < all.size(); i++) {
      One one = all.get(i);
      NoisedImage image = one.searched.images().get(one.place);
      int timestep = one.random.nextInt(image.kept().length);
      timesteps[i] = timestep;
      System.arraycopy(image.at(timestep, one.noise.normal(size)), 0, noisy, i * size, size);
    }
    try (NDManager manager = model.newManager()) {
      Shape batch = new Shape(all.size(), shape[0], shape[1], shape[2]);
      NDArray predicted =
          model.predict(manager.create(noisy, batch), timesteps, condition, AttentionHooks.NONE);
      float[] targets = predicted.toFloatArray();
      return IntStream.range(0, all.size())
          .mapToObj(
              i -> new Moment((int) timesteps[i], part(noisy, i, size), part(targets, i, size)))
          .toList();
    }
  }

  private static float[] part(float[] all, int index, int size) {
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  private static List<Shot> improved(
      DiffusionModel model, Searched searched, List<One> all, List<List<Moment>> moments) {
    try (InputGradients gradients = gradients(model);
        NDManager manager = model.newManager()) {
      NDArray table = searched.words().table(model, manager);
      NearestWords nearest = new NearestWords(table);
      for (List<Moment> now : moments) {
        searched.run().context().checkCancelled();
        List<TextGradients> asked = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
          One one = all.get(i);
          Moment moment = now.get(i);
          asked.add(
              new TextGradients(
                  one.ids(nearest),
                  one.places(),
                  moment.noisy(),
                  moment.timestep(),
                  moment.target()));
        }
        float[][] rows = TextGradients.of(model, gradients, asked);
        for (int i = 0; i < all.size(); i++) {
          all.get(i).step(rows[i]);
        }
      }
      return all.stream()
          .map(
              one ->
                  searched
                      .run()
                      .shot(model.tokenizer().decode(one.ids(nearest)), one.plain().seed()))
          .toList();
    }
  }

  /** The search of one trial. */
  private static final class One {
    private static final double RATE = 0.1;
    private static final double DECAY = 0.1;

    private final int place;
    private final Searched searched;
    private final SplittableRandom random;
    private final NoiseSource noise;
    private final List<Integer> frame;
    private final double[] embeddings;
    private final Adam optimizer;
    private final float[] wanted;
    private final List<Asked> asked = new ArrayList<>();
    private Shot best;
    private double likeness = Double.NEGATIVE_INFINITY;

    One(
        int place,
        Searched searched,
        DiffusionModel model,
        List<Integer> frame,
        NDArray table,
        float[] wanted) {
      this.place = place;
      this.searched = searched;
      this.frame = frame;
      this.wanted = wanted;
      random = new SplittableRandom(plain().seed());
      noise = model.noise(plain().seed() + APART);
      int width = Math.toIntExact(table.getShape().get(1));
      embeddings = new double[places().length * width];
      for (int i = 0; i < places().length; i++) {
        try (NDArray row = table.get(random.nextInt(searched.words().size()))) {
          float[] values = row.toFloatArray();
          for (int j = 0; j < width; j++) {
            embeddings[i * width + j] = values[j];
          }
        }
      }
      optimizer = new Adam(embeddings.length, RATE, DECAY, true);
    }

    Shot plain() {
      return searched.shot(place);
    }

    int[] places() {
      return IntStream.range(0, frame.size()).filter(i -> frame.get(i) < 0).toArray();
    }

    List<Integer> ids(NearestWords nearest) {
      List<Integer> words = searched.words().chosen(nearest.of(embeddings));
      List<Integer> ids = new ArrayList<>(frame);
      int[] places = places();
      for (int i = 0; i < places.length; i++) {
        ids.set(places[i], words.get(i));
      }
      return ids;
    }

    void step(float[] gradient) {
      optimizer.step(
          embeddings, IntStream.range(0, gradient.length).mapToDouble(i -> gradient[i]).toArray());
    }

    /** Takes a text whose image was drawn. */
    void tried(Shot shot, float[] found) {
      asked.add(new Asked(shot.prompt(), shot.seed()));
      double cosine = 0;
      for (int i = 0; i < found.length; i++) {
        cosine += (double) found[i] * wanted[i];
      }
      if (cosine > likeness) {
        likeness = cosine;
        best = shot;
      }
    }
  }
}
