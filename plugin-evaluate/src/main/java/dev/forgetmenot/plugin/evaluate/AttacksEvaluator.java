package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Whether a target can be brought back by other means than its prompts: each attack of the task
 * with its controls. Those of a row are the same attack on the original (ceiling), the same attack
 * for concepts that the model never knew (floor), and as many plain images (luck).
 */
@Extension(ordinal = 100)
public final class AttacksEvaluator implements Evaluator {
  @Override
  public String name() {
    return "attacks";
  }

  @Override
  public String summary() {
    return "Whether the target can be brought back: attacks with their controls; takes minutes.";
  }

  @Override
  public boolean byDefault() {
    return false;
  }

  @Override
  public Needs needs(EvaluationTask task) {
    ImageSets sets = new ImageSets(task);
    List<ImageSet> images = new ArrayList<>();
    List<NotTested> missing = new ArrayList<>();
    long unet = 0;
    if (task.attacks().all().isEmpty()) {
      missing.add(new NotTested("attacks", "", "", "No installed plugin brings attacks."));
    }
    for (EvaluatedConcept target : task.targets()) {
      images.add(sets.name(target));
      for (ImageSets.Group group : ImageSets.Group.values()) {
        sets.neighbours(target, group).ifPresent(images::add);
      }
      for (Attack attack : task.attacks().all()) {
        Attack.Plan plan = plan(attack, AttackAim.of(target), task);
        if (plan.notTested().isPresent()) {
          String reason = plan.notTested().get();
          missing.add(new NotTested(attack.name(), target.name(), "", reason));
        } else {
          unet += 2 * plan.all(task); // both models
          for (AttackAim never : never(task, target)) {
            unet += plan(attack, never, task).all(task);
          }
        }
      }
    }
    return new Needs(images, unet, missing);
  }

  private static Attack.Plan plan(Attack attack, AttackAim aim, EvaluationTask task) {
    return attack.plan(aim, task, task.attacks().budget(), AttackResults.trials(task, aim));
  }

  /** What no model here ever knew, with the target's neighbours, since attacks may name one. */
  private static List<AttackAim> never(EvaluationTask task, EvaluatedConcept target) {
    return task.never().stream().map(known -> never(known, target)).toList();
  }

  private static AttackAim never(NeverKnown known, EvaluatedConcept target) {
    PromptTemplate template = PromptTemplate.of(known.kind());
    return new AttackAim(
        new EvaluatedConcept(
            known.name(),
            known.phrase(),
            known.kind(),
            List.of(known.phrase()),
            Map.of("name", List.of(template.with(known.phrase()))),
            target.kind() == ConceptType.STYLE ? List.of() : target.similar(),
            List.of(),
            Optional.empty()),
        Optional.of(known));
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    AttackResults results = new AttackResults(task, access, context);
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      AttackControls controls = new AttackControls(task, access, context, target);
      for (Attack attack : task.attacks().all()) {
        context.checkCancelled();
        AttackAim aim = AttackAim.of(target);
        if (plan(attack, aim, task).notTested().isEmpty()) {
          AttackResults.Result patched = results.of(attack, aim, ModelState.PATCHED);
          List<AttackRow> original = List.of();
          List<AttackControls.Run> never = new ArrayList<>();
          if (patched.rows().stream().anyMatch(row -> !row.trials().isEmpty())) {
            original = results.of(attack, aim, ModelState.ORIGINAL).rows();
            for (AttackAim known : never(task, target)) {
              List<AttackRow> rows = results.of(attack, known, ModelState.PATCHED).rows();
              never.add(new AttackControls.Run(known, rows));
            }
          }
          AttackControls.Run ceiling = new AttackControls.Run(aim, original);
          for (AttackRow row : patched.rows()) {
            controls.measure(attack, row, patched.seconds(), ceiling, never).ifPresent(found::add);
          }
        }
      }
    }
    return found;
  }
}
