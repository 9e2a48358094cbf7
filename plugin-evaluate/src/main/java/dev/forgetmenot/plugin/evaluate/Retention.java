package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.statistics.ClusterBootstrap;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is left of one group of other concepts.
 *
 * @param target whose neighbours they are; empty for all of the list
 * @param group as tables say it
 * @param images of the group, each labelled by its concept
 */
record Retention(EvaluationAccess access, String target, String group, ImageSet images) {
  static final String ACCURACY = "accuracy";

  private static final long SEED = 1; // of the bootstrap
  private static final String INTERVAL =
      " Interval: bootstrap over concepts, 10,000 draws, seed 1, 95 %; none for fewer than 6"
          + " concepts.";

  /** Rows of each judge, then those that need none. */
  List<Measurement> measure() throws IOException {
    List<Measurement> rows = new ArrayList<>();
    for (String judge : access.judges()) {
      CountedLabels counted = new CountedLabels(access, judge);
      counted.sayLeftOut(ACCURACY, target, group, images);
      Set<String> labels = counted.of(images);
      if (labels.isEmpty()) {
        continue;
      }
      Answers original = answers(judge, ModelState.ORIGINAL, labels);
      Answers patched = answers(judge, ModelState.PATCHED, labels);
      double p = paired(original, patched);
      rows.add(accuracy(judge, original, patched).p(p).build());
      rows.add(difference(judge, original, patched).p(p).build());
      rows.add(worst(judge, original.rightByLabel(), patched.rightByLabel()));
    }
    rows.add(drift());
    return rows;
  }

  private Answers answers(String judge, ModelState state, Set<String> labels) throws IOException {
    return Answers.of(access, judge, images, state).labelled(labels);
  }

  private Measurement.Builder row(String measure, String judge) {
    return Measurement.builder(measure, target).part(group).judge(judge).of(images);
  }

  private Measurement.Builder accuracy(String judge, Answers original, Answers patched) {
    return row(ACCURACY, judge)
        .in(Unit.PERCENT, Good.UNCHANGED)
        .original(accuracy(original))
        .patched(accuracy(patched))
        .explained(
            "The share of their images that the judge calls what was asked for; abstentions count"
                + " as wrong, and concepts that the judge cannot tell are left out. p: exact McNemar test, same prompts and seeds on both models."
                + INTERVAL,
            "Acc_s of MACE (Lu et al. 2024) and SPEED (Li et al. 2025)");
  }

  private static Reading accuracy(Answers answers) {
    return Answers.reading(answers.right(), ClusterBootstrap.of(concepts(answers), SEED));
  }

  private static List<Count> concepts(Answers answers) {
    return List.copyOf(answers.rightByLabel().values());
  }

  private Measurement.Builder difference(String judge, Answers original, Answers patched) {
    double difference = patched.right().rate() - original.right().rate();
    Optional<Interval> interval =
        ClusterBootstrap.ofDifference(concepts(original), concepts(patched), SEED);
    return row("difference", judge)
        .in(Unit.PERCENT, Good.UNCHANGED)
        .patched(Answers.reading(difference, patched.size(), interval))
        .explained(
            "Accuracy of the patched model minus that of the original, the same images paired;"
                + " below 0 is harm."
                + INTERVAL,
            "this project");
  }

  private static double paired(Answers original, Answers patched) {
    int lost = 0;
    int won = 0;
    for (int i = 0; i < original.size(); i++) {
      if (original.right(i) != patched.right(i)) {
        lost += original.right(i) ? 1 : 0;
        won += patched.right(i) ? 1 : 0;
      }
    }
    return ExactTest.mcNemar(lost, won);
  }

  private Measurement worst(String judge, Map<String, Count> original, Map<String, Count> patched) {
    String worst = "";
    double least = Double.POSITIVE_INFINITY;
    for (String label : original.keySet()) {
      double difference = patched.get(label).rate() - original.get(label).rate();
      if (difference < least) {
        worst = label;
        least = difference;
      }
    }
    return row("worst neighbour", judge)
        .part(group + ": " + worst)
        .in(Unit.PERCENT, Good.UNCHANGED)
        .original(Answers.reading(original.get(worst)))
        .patched(Answers.reading(patched.get(worst)))
        .explained(
            "The accuracy of the one concept whose accuracy fell most. The worst of many falls by"
                + " chance as well: it says where to look. Interval: Wilson, 95 %.",
            "this project")
        .build();
  }

  private Measurement drift() throws IOException {
    List<RgbImage> original = access.images(images, ModelState.ORIGINAL);
    List<RgbImage> patched = access.images(images, ModelState.PATCHED);
    double sum = 0;
    for (int i = 0; i < original.size(); i++) {
      long difference = original.get(i).absoluteDifference(patched.get(i));
      sum += (double) difference / original.get(i).rgb().length;
    }
    return row("drift", "")
        .in(Unit.NUMBER, Good.LOW)
        .patched(Answers.reading(sum / original.size(), original.size()))
        .explained(
            "The mean absolute difference of pixels, of 255, same prompts and seeds on both models."
                + " It is large for harmless changes of composition too.",
            "this project")
        .build();
  }
}
