package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.pf4j.Extension;

/**
 * Trains the attacked UNet on: 50 and 100 steps on images of the concept, then 100 steps on images
 * of other things (not in the quick budget), and apart from that 100 steps on other things alone,
 * after which a concept may come back by itself (concept resurgence, 2024). Anything can be taught,
 * so only the floor says what these steps brought back.
 */
@Extension(ordinal = 100)
public final class RelearnAttack implements Attack {
  private static final int IMAGES = 8;
  private static final long OTHERS_SEED = 77_000_000;

  private final int steps; // even
  private final OptionalDouble fixed;

  /** With the published numbers of steps. */
  public RelearnAttack() {
    this(100, OptionalDouble.empty());
  }

  /**
   * With another number of steps.
   *
   * @param rate of learning; empty for what {@link RelearnRate} finds
   */
  RelearnAttack(int steps, OptionalDouble rate) {
    this.steps = steps;
    fixed = rate;
  }

  @Override
  public String name() {
    return "relearn";
  }

  @Override
  public String summary() {
    return "Trains the UNet on, on images of the concept and on images of other things.";
  }

  @Override
  public Access access() {
    return Access.WEIGHTS;
  }

  @Override
  public boolean adaptive() {
    return true;
  }

  @Override
  public boolean trainsWeights() {
    return true;
  }

  @Override
  public int version() {
    return 2;
  }

  /** Whether a model that has learned the concept is trained on other things. */
  private static boolean forgetsAgain(AttackBudget budget) {
    return budget != AttackBudget.QUICK;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    int trainings = 1;
    if (!aim.concept().similar().isEmpty()) {
      trainings = forgetsAgain(budget) ? 3 : 2;
    }
    return Plan.of((long) (trainings + 1) * trials, 3L * trainings * steps);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    double rate = fixed.isPresent() ? fixed.getAsDouble() : RelearnRate.of(run);
    List<RgbImage> own = run.shown().first(IMAGES);
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      prompts.add(run.aim().prompts().get(i * run.aim().prompts().size() / own.size()));
    }
    Relearning.Lesson concept = new Relearning.Lesson(own, prompts);
    Drawn drawn = new Drawn(run, rate);
    boolean neighbours = !run.aim().concept().similar().isEmpty();
    Optional<Relearning.Lesson> others = neighbours ? Optional.of(others(run)) : Optional.empty();
    run.compute(
        model -> {
          try (Relearning trained = new Relearning(model, rate, run.context())) {
            drawn.after(trained, concept, steps / 2, after("own images", steps / 2));
            drawn.after(trained, concept, steps / 2, after("own images", steps));
            if (neighbours && forgetsAgain(run.budget())) {
              drawn.after(trained, others.get(), steps, after("then others", steps));
            }
          }
          if (neighbours) {
            try (Relearning trained = new Relearning(model, rate, run.context())) {
              drawn.after(trained, others.get(), steps, after("others alone", steps));
            }
          }
          return true;
        });
    return drawn.rows();
  }

  private static String after(String what, int steps) {
    return Message.of("%s, %d steps", what, steps);
  }

  /** Images of neighbours that the original draws. */
  private static Relearning.Lesson others(AttackRun run) throws IOException {
    List<String> similar = run.aim().concept().similar();
    PromptTemplate template = PromptTemplate.of(run.aim().concept().kind());
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      String prompt = template.with(similar.get(i % similar.size()));
      shots.add(run.shot(prompt, OTHERS_SEED + i));
    }
    List<DrawnImage> images =
        run.access().make(shots, ModelState.ORIGINAL, ImageMaker.plain(), run.context());
    return new Relearning.Lesson(
        run.access().images(images), shots.stream().map(Shot::prompt).toList());
  }

  /** What a trained model drew, by the name of the row, until it is kept. */
  private static final class Drawn {
    private final AttackRun run;
    private final double rate;
    private final Map<String, Map<String, RgbImage>> images = new LinkedHashMap<>();
    private final Map<String, Integer> steps = new HashMap<>();

    Drawn(AttackRun run, double rate) {
      this.run = run;
      this.rate = rate;
    }

    void after(Relearning trained, Relearning.Lesson lesson, int more, String part)
        throws IOException {
      trained.learn(lesson, more);
      GenerationRequest settings = run.task().settings();
      List<GenerationRequest> requests =
          run.shots().stream()
              .map(shot -> settings.prompted(shot.prompt()).seeds(shot.seed(), 1))
              .toList();
      List<RgbImage> drawn = Candidates.plain(trained.model(), requests, settings);
      Map<String, RgbImage> byRequest = new HashMap<>();
      for (int i = 0; i < drawn.size(); i++) {
        byRequest.put(key(requests.get(i)), drawn.get(i));
      }
      images.put(part, byRequest);
      steps.put(part, trained.steps());
    }

    private static String key(GenerationRequest request) {
      return request.seed() + " " + request.prompt();
    }

    /** Keeps the images. */
    List<AttackRow> rows() throws IOException {
      List<AttackRow> rows = new ArrayList<>();
      for (Map.Entry<String, Map<String, RgbImage>> part : images.entrySet()) {
        List<DrawnImage> kept =
            run.draw(
                run.shots(),
                new ImageMaker.Described(
                    Message.of("trained on %s, rate %s: %s", run.aim().id(), rate, part.getKey()),
                    (model, requests) ->
                        requests.stream()
                            .map(request -> part.getValue().get(key(request)))
                            .toList()));
        long unet = Plan.of(kept.size(), 3L * steps.get(part.getKey())).all(run.task());
        rows.add(
            AttackRow.ofImages(part.getKey(), kept, unet)
                .saying(
                    Message.of(
                        "AdamW, learning rate %s: the smallest that teaches the original a concept"
                            + " that it never knew.",
                        rate)));
      }
      return rows;
    }
  }
}
