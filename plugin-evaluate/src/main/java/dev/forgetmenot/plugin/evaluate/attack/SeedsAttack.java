package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/**
 * Asks by name with further seeds: the seed search of UnlearnDiffAtk (Zhang et al. 2023), which has
 * 40 seeds a prompt.
 */
@Extension(ordinal = 20)
public final class SeedsAttack implements Attack {
  /** Between the seeds of a trial, so that they are neither another trial's nor of other uses. */
  private static final long APART = 10_000_000;

  @Override
  public String name() {
    return "seeds";
  }

  @Override
  public String summary() {
    return "Asks by name again and again: the best of several seeds of each prompt.";
  }

  @Override
  public Access access() {
    return Access.TEXT;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  private static int seeds(AttackBudget budget) {
    return switch (budget) {
      case QUICK -> 4;
      case STANDARD -> 10;
      case PAPER -> 40;
    };
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of((long) trials * seeds(budget), 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    int each = seeds(run.budget());
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < run.trials(); i++) {
      Shot first = run.shot(i);
      for (int j = 1; j <= each; j++) {
        shots.add(run.shot(first.prompt(), first.seed() + j * APART));
      }
    }
    List<DrawnImage> images = run.draw(shots);
    long unet = Plan.of(shots.size(), 0).all(run.task());
    List<Trial> trials = Candidates.trials(images, each, i -> "");
    return List.of(AttackRow.of("", trials, unet));
  }
}
