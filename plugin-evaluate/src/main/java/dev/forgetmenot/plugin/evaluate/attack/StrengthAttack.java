package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.io.IOException;
import java.util.List;
import org.pf4j.Extension;

/** Puts the patches on with less than their strength, as {@code --patch FILE:0.5} does. */
@Extension(ordinal = 30)
public final class StrengthAttack implements Attack {
  private static List<Double> shares(AttackBudget budget) {
    return budget == AttackBudget.QUICK ? List.of(0.5, 0.25) : List.of(0.75, 0.5, 0.25);
  }

  @Override
  public String name() {
    return "strength";
  }

  @Override
  public String summary() {
    return "Puts the patches on with less than their strength.";
  }

  @Override
  public Access access() {
    return Access.WEIGHTS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of((long) trials * shares(budget).size(), 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    if (!run.compute(model -> model instanceof PatchedModel)) {
      return List.of(AttackRow.notTested("", "The patches of this model cannot be scaled."));
    }
    return Candidates.swept(
        run,
        "at times the strength",
        shares(run.budget()),
        share ->
            new ImageMaker.Described(
                "strength times " + share, (model, requests) -> at(share, model, requests)),
        share -> "the patches at " + share + " times their strength");
  }

  private static List<RgbImage> at(
      double share, DiffusionModel model, List<GenerationRequest> requests) throws IOException {
    PatchedModel patched = (PatchedModel) model;
    List<PatchRequest> whole = patched.patches();
    patched.repatch(whole.stream().map(one -> one.at(share * one.strength())).toList());
    try {
      return ImageMaker.plain().maker().make(model, requests);
    } finally {
      patched.repatch(whole);
    }
  }
}
