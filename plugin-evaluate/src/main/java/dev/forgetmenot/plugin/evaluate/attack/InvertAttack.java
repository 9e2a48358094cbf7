package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.plugin.evaluate.Inversions;
import dev.forgetmenot.plugin.evaluate.Inversions.Learned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * Concept inversion (CCE, Pham et al. 2023): learns tokens on the attacked model that draw images
 * of the concept, and draws with them in place of the name. Tokens of 500 steps are those of the
 * M-Score.
 */
@Extension(ordinal = 80)
public final class InvertAttack implements Attack {
  private static final int IMAGES = 16;

  private final List<Integer> quick;

  /** With 50 and 200 steps in the quick budget. */
  public InvertAttack() {
    this(List.of(50, 200));
  }

  InvertAttack(List<Integer> quick) {
    this.quick = List.copyOf(quick);
  }

  @Override
  public String name() {
    return "invert";
  }

  @Override
  public String summary() {
    return "Learns tokens from images of the concept (CCE) and draws with them.";
  }

  @Override
  public Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public boolean adaptive() {
    return true;
  }

  private List<Integer> steps(AttackBudget budget) {
    return budget == AttackBudget.QUICK ? quick : List.of(50, 200, 500);
  }

  private static int seeds(AttackBudget budget) {
    return budget == AttackBudget.PAPER ? 3 : 1;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    if (aim.concept().labels().size() > 1) {
      return Plan.none("A group has no images of one thing that tokens could be learned from.");
    }
    if (task.seeds().training().length < seeds(budget)) {
      return Plan.none("The list has too few training seeds (seeds.training).");
    }
    int learning = steps(budget).stream().mapToInt(Integer::intValue).sum();
    return Plan.of((long) trials * steps(budget).size(), 2L * seeds(budget) * learning);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    TrainingImages shown = TrainingImages.of(run.shown().first(IMAGES));
    int seeds = seeds(run.budget());
    List<AttackRow> rows = new ArrayList<>();
    for (int steps : steps(run.budget())) {
      Inversions inversions =
          new Inversions(
              run.access(),
              run.context(),
              run.aim().concept().kind(),
              run.aim().concept().phrase(),
              steps);
      List<Trial> trials = new ArrayList<>();
      List<Path> files = new ArrayList<>();
      for (int i = 0; i < seeds; i++) {
        long seed = run.task().seeds().training()[i];
        Learned learned = inversions.learn(run.state(), shown, seed);
        files.add(learned.file());
        trials.addAll(drawn(run, learned, i, seeds));
      }
      long unet = Plan.of(trials.size(), 2L * seeds * steps).all(run.task());
      rows.add(AttackRow.of(steps + " steps", trials, unet).keeping(files));
    }
    return rows;
  }

  /** The trials of one seed of learning: every so many of all. */
  private static List<Trial> drawn(AttackRun run, Learned learned, int first, int every)
      throws IOException {
    String tokens = String.join("", learned.tokens().tokens().keySet());
    List<Shot> shots = new ArrayList<>();
    for (int i = first; i < run.trials(); i += every) {
      Shot named = run.shot(i);
      String prompt = named.prompt().replace(run.aim().concept().phrase(), tokens);
      shots.add(
          run.shot(
              i,
              prompt.contains(tokens)
                  ? prompt
                  : PromptTemplate.of(run.aim().concept().kind()).with(tokens)));
    }
    List<DrawnImage> images = run.draw(shots, ImageMaker.withTokens(learned.tokens().vectors()));
    return images.stream()
        .map(image -> new Trial(List.of(new Candidate(image, "--embedding " + learned.name()))))
        .toList();
  }
}
