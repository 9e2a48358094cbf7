package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which labels of a set the rates of a judge count: those that it can answer and is right on often
 * enough, by images of the original that are not scored. Which these are was decided before any
 * result.
 */
record CountedLabels(EvaluationAccess access, String judge) {
  /** The labels that are counted, in order. */
  Set<String> of(ImageSet images) {
    Set<String> counted = labels(images);
    counted.removeIf(label -> !counts(label));
    return counted;
  }

  /** Whether a label is counted. */
  boolean counts(String label) {
    return access.knows(judge, label) && !access.isWeak(judge, label);
  }

  private static Set<String> labels(ImageSet images) {
    return images.shots().stream()
        .map(ImageSet.Shot::label)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Says in the report what is left out, if anything is. */
  void sayLeftOut(String measure, String target, String part, ImageSet images) {
    List<String> weak = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    Set<String> all = labels(images);
    for (String label : all) {
      if (!access.knows(judge, label)) {
        unknown.add(label);
      } else if (access.isWeak(judge, label)) {
        weak.add(label);
      }
    }
    if (!weak.isEmpty() || !unknown.isEmpty()) {
      access.notTested(
          new NotTested(
              measure,
              target,
              part,
              Message.of(
                  "Judge %s leaves out %d of %d concepts.%s%s",
                  judge,
                  weak.size() + unknown.size(),
                  all.size(),
                  sentence("It is right on less than 75 % of the original's images of", weak),
                  sentence("It has no reference images of", unknown))));
    }
  }

  private static String sentence(String begin, List<String> labels) {
    return labels.isEmpty() ? "" : " " + begin + " " + String.join(", ", labels) + ".";
  }
}
