package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.bench.Rung;
import dev.forgetmenot.plugin.evaluate.ImageSets.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * What forgetting cost other concepts: those near to a target, random ones, and all of the list.
 * The harm sits near the target, so the groups are never averaged.
 */
@Extension(ordinal = 20)
public final class NeighboursEvaluator implements Evaluator {
  private static final String ALL = "all others";

  @Override
  public String name() {
    return "neighbours";
  }

  @Override
  public String summary() {
    return "What it cost other concepts: their accuracy and drift, near and far, and H_o.";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    ImageSets sets = new ImageSets(task);
    List<ImageSet> images = new ArrayList<>();
    List<NotTested> missing = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      images.add(sets.name(target));
      sets.rung(target, Rung.VARIANT).ifPresent(images::add);
      for (Group group : Group.values()) {
        sets.neighbours(target, group)
            .ifPresentOrElse(images::add, () -> missing.add(missing(target.name(), group.word())));
      }
    }
    sets.others().ifPresentOrElse(images::add, () -> missing.add(missing("", ALL)));
    return new Needs(images, 0, missing);
  }

  private static NotTested missing(String target, String group) {
    return new NotTested(
        Retention.ACCURACY, target, group, "The list has no such concept beside the targets.");
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    ImageSets sets = new ImageSets(task);
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      for (Group group : Group.values()) {
        Optional<ImageSet> images = sets.neighbours(target, group);
        if (images.isPresent()) {
          context.checkCancelled();
          found.addAll(new Retention(access, target.name(), group.word(), images.get()).measure());
        }
      }
    }
    Optional<ImageSet> others = sets.others();
    if (others.isPresent()) {
      found.addAll(new Retention(access, "", ALL, others.get()).measure());
      found.addAll(new Harmonic(sets, access, access.judges().get(0)).measure());
    }
    return found;
  }
}
