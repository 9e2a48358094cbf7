package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.measure.Diversity;
import dev.forgetmenot.evaluation.measure.UnitRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pf4j.Extension;

/** What a target's images became: a patch may only turn one thing into another, or all into one. */
@Extension(ordinal = 30)
public final class BecameEvaluator implements Evaluator {
  /** The share of images that the judge names none on. */
  static final String ABSTAINED = "no answer";

  /** The share of all labels after the first. */
  static final String REST = "other labels";

  private static final int MOST = 5;

  @Override
  public String name() {
    return "became";
  }

  @Override
  public String summary() {
    return "What the target's images became: the labels that they get, and how they differ.";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    ImageSets sets = new ImageSets(task);
    return new Needs(task.targets().stream().map(sets::name).toList(), 0, List.of());
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    ImageSets sets = new ImageSets(task);
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      context.checkCancelled();
      ImageSet images = sets.name(target);
      int labels = task.vocabulary().ofStyle(target.kind() == ConceptType.STYLE).size();
      for (String judge : access.judges()) {
        var original = access.answers(judge, images, ModelState.ORIGINAL);
        var patched = access.answers(judge, images, ModelState.PATCHED);
        found.add(became(target, judge, images, shares(original), shares(patched)));
        if (labels > 1) {
          found.add(
              entropy(target, judge, images, entropy(original, labels), entropy(patched, labels)));
        }
      }
      if (images.shots().size() > 1) {
        found.add(diversity(access, target, images));
      }
    }
    return found;
  }

  /** Labels by share, the most frequent first; of equal ones that which sorts first. */
  static Map<String, Double> shares(List<JudgedImage> answers) {
    Map<String, Integer> counts = new TreeMap<>();
    int abstained = 0;
    for (JudgedImage answer : answers) {
      if (answer.abstained()) {
        abstained++;
      } else {
        counts.merge(answer.label(), 1, Integer::sum);
      }
    }
    Map<String, Double> shares = new LinkedHashMap<>();
    double n = answers.size();
    int rest = answers.size() - abstained;
    for (var label :
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST)
            .toList()) {
      shares.put(label.getKey(), label.getValue() / n);
      rest -= label.getValue();
    }
    if (rest > 0) {
      shares.put(REST, rest / n);
    }
    if (abstained > 0) {
      shares.put(ABSTAINED, abstained / n);
    }
    return shares;
  }

  private static Measurement became(
      EvaluatedConcept target,
      String judge,
      ImageSet images,
      Map<String, Double> original,
      Map<String, Double> patched) {
    int n = images.shots().size();
    return row("became", target, images)
        .judge(judge)
        .in(Unit.PERCENT, Good.NONE)
        .original(Answers.reading(first(original), n))
        .patched(Answers.reading(first(patched), n))
        .shares(patched)
        .explained(
            "The five labels that the judge gives the patched model's images of the target most"
                + " often, with their shares; abstentions are apart. The value is the largest"
                + " share. A judge names the nearest label of its vocabulary, also for noise.",
            "this project")
        .build();
  }

  private static double first(Map<String, Double> shares) {
    return shares.values().iterator().next();
  }

  private static Optional<Double> entropy(List<JudgedImage> answers, int labels) {
    List<String> given =
        answers.stream().filter(answer -> !answer.abstained()).map(JudgedImage::label).toList();
    return given.isEmpty() ? Optional.empty() : Optional.of(Diversity.ofLabels(given, labels));
  }

  private static Measurement entropy(
      EvaluatedConcept target,
      String judge,
      ImageSet images,
      Optional<Double> original,
      Optional<Double> patched) {
    return row("label entropy", target, images)
        .judge(judge)
        .in(Unit.NUMBER, Good.NONE)
        .original(Reading.of(original.orElse(Double.NaN)))
        .patched(Reading.of(patched.orElse(Double.NaN)))
        .explained(
            "The entropy of the labels of the target's images over the logarithm of the number of"
                + " labels, abstentions left out: 0 if all get one label, 1 if all labels are"
                + " equally frequent.",
            "Shannon 1948, normalised")
        .build();
  }

  private static Measurement diversity(
      EvaluationAccess access, EvaluatedConcept target, ImageSet images) throws IOException {
    return row("diversity", target, images)
        .in(Unit.NUMBER, Good.UNCHANGED)
        .original(diversity(access, images, ModelState.ORIGINAL))
        .patched(diversity(access, images, ModelState.PATCHED))
        .explained(
            "The mean of 1 - cosine of the image embeddings over all pairs of the target's images,"
                + " 0 to 2. It falls to 0 if all become one image, which UA and the distances of"
                + " general images do not see.",
            "this project")
        .build();
  }

  private static Reading diversity(EvaluationAccess access, ImageSet images, ModelState state)
      throws IOException {
    double value = Diversity.ofPairs(UnitRows.of(access.embeddings(images, state)));
    return Answers.reading(value, images.shots().size());
  }

  private static Measurement.Builder row(String measure, EvaluatedConcept target, ImageSet images) {
    return Measurement.builder(measure, target.name()).part("name").of(images);
  }
}
