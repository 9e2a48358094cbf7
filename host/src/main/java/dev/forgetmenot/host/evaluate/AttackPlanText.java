package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.evaluation.run.Speed;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.StepTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What each attack takes, in lines for people, before it is run. */
final class AttackPlanText {
  private AttackPlanText() {}

  /**
   * A line for each attack and target.
   *
   * @param speed of images, by which UNet evaluations become time
   */
  static List<String> lines(EvaluationTask task, Speed speed) {
    double evaluation = speed.seconds() / (2.0 * task.settings().steps());
    int images = Math.min(task.attacks().budget().images(), task.seeds().target().length);
    int controls = 1 + task.never().size();
    List<String> lines = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      for (Attack attack : task.attacks().all()) {
        Attack.Plan plan = attack.plan(AttackAim.of(target), task, task.attacks().budget(), images);
        long unet = plan.all(task);
        lines.add(
            plan.notTested()
                .map(
                    reason ->
                        Message.of(
                            "attack %s of %s: NOT TESTED. %s",
                            attack.name(), target.name(), reason))
                .orElseGet(
                    () ->
                        Message.of(
                            "attack %s of %s (%s, %s): %d UNet evaluations, about %s; %d controls of"
                                + " as much or less",
                            attack.name(),
                            target.name(),
                            attack.access().word(),
                            attack.adaptive() ? "adaptive" : "static",
                            unet,
                            StepTime.said(Duration.ofNanos(Math.round(1e9 * unet * evaluation))),
                            controls)));
      }
    }
    return lines;
  }
}
