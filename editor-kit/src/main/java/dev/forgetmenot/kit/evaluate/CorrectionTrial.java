package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A fixed set of images by which a correction is judged: of each general word, of its instances
 * under their own names, of what is taken out of it, and of others, which should stay. The same
 * trial before and after a correction says what the correction did (docs/correction.md).
 *
 * @param goals what the correction is about, at least one
 * @param others what should stay, by phrase; spread evenly over the vocabulary
 * @param size how many images
 */
public record CorrectionTrial(List<CorrectionGoal> goals, List<String> others, Size size)
    implements Trial<CorrectionResult> {
  /**
   * How many images a trial draws.
   *
   * @param ofGeneral images of each general word, seeds {@code seed}, {@code seed + 1}, ..
   * @param ofInstance images of each instance under its own name, and of what is taken out
   * @param others how many other phrases at most
   * @param ofOther images of each, with the same seeds
   * @param seed the first seed
   * @param steps of the DDIM sampler
   */
  public record Size(
      int ofGeneral, int ofInstance, int others, int ofOther, long seed, int steps) {}

  /** Copies the lists. */
  public CorrectionTrial {
    goals = List.copyOf(goals);
    others = List.copyOf(others);
    if (goals.isEmpty()) {
      throw new IllegalArgumentException("a trial of a correction needs a goal");
    }
  }

  /** The trial of goals on what a model is known to draw. */
  public static CorrectionTrial of(
      List<CorrectionGoal> goals, KnownConcepts vocabulary, Size size) {
    Set<String> named = new HashSet<>();
    for (CorrectionGoal goal : goals) {
      String name = goal.concept().name();
      named.add(name);
      vocabulary.find(name).ifPresent(entry -> named.add(entry.phrase()));
      named.addAll(goal.instances());
      named.addAll(goal.without());
    }
    return new CorrectionTrial(goals, RetainSet.of(vocabulary, named, size.others()), size);
  }

  @Override
  public CorrectionResult run(DiffusionModel model, ImageClassifier judge) {
    return judged(model.generate(requests()), judge);
  }

  /** What is drawn, in the order in which {@link #judged} takes the images. */
  List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (CorrectionGoal goal : goals) {
      requests.add(request(prompt(goal.concept()), size.ofGeneral()));
      for (String instance : goal.instances()) {
        requests.add(request(prompt(goal, instance), size.ofInstance()));
      }
      for (String phrase : goal.without()) {
        requests.add(request(prompt(goal, phrase), size.ofInstance()));
      }
    }
    for (String other : others) {
      requests.add(request(PromptTemplate.ofThings().with(other), size.ofOther()));
    }
    return requests;
  }

  /** What the images of {@link #requests} show. */
  CorrectionResult judged(List<List<RgbImage>> images, ImageClassifier judge) {
    Iterator<List<RgbImage>> drawn = images.iterator();
    List<GoalResult> results = new ArrayList<>();
    for (CorrectionGoal goal : goals) {
      ConceptType kind = goal.concept().kind();
      List<RgbImage> general = drawn.next();
      List<EvaluationResult.Row> instances = new ArrayList<>();
      for (String instance : goal.instances()) {
        instances.add(row(instance, kind, drawn.next(), judge));
      }
      List<EvaluationResult.Row> without = new ArrayList<>();
      List<Double> similarities = new ArrayList<>();
      for (String phrase : goal.without()) {
        without.add(row(phrase, ConceptType.OBJECT, drawn.next(), judge));
        double[] cosines = judge.similarities(general, phrase);
        similarities.add(Arrays.stream(cosines).average().orElse(0));
      }
      results.add(
          new GoalResult(
              goal,
              row(goal.concept().name(), kind, general, judge),
              instances,
              without,
              similarities));
    }
    List<EvaluationResult.Row> kept = new ArrayList<>();
    for (String other : others) {
      kept.add(row(other, ConceptType.OBJECT, drawn.next(), judge));
    }
    return new CorrectionResult(results, kept);
  }

  private static EvaluationResult.Row row(
      String phrase, ConceptType kind, List<RgbImage> images, ImageClassifier judge) {
    return new EvaluationResult.Row(phrase, images, judge.recognise(images, kind));
  }

  @Override
  public int images() {
    int ofGoals =
        goals.stream()
            .mapToInt(goal -> goal.instances().size() + goal.without().size())
            .map(named -> size.ofGeneral() + named * size.ofInstance())
            .sum();
    return ofGoals + others.size() * size.ofOther();
  }

  /** The prompt of a general word. */
  public static String prompt(Concept general) {
    return PromptTemplate.of(general.kind()).with(general.name());
  }

  /** The prompt of an instance, or of what is taken out, under its own name. */
  public static String prompt(CorrectionGoal goal, String phrase) {
    return goal.without().contains(phrase)
        ? PromptTemplate.ofThings().with(phrase)
        : PromptTemplate.of(goal.concept().kind()).with(phrase);
  }

  @Override
  public boolean canBeJudgedBy(ImageClassifier judge) {
    return goals.stream()
        .allMatch(
            goal ->
                known(goal, judge).containsAll(goal.instances())
                    && judge.things().containsAll(goal.without()));
  }

  private static List<String> known(CorrectionGoal goal, ImageClassifier judge) {
    return goal.concept().kind() == ConceptType.STYLE ? judge.styles() : judge.things();
  }

  @Override
  public CorrectionTrial few() {
    List<String> one = others.subList(0, Math.min(1, others.size()));
    return new CorrectionTrial(
        goals, one, new Size(1, 1, 1, size.ofOther(), size.seed(), size.steps()));
  }

  private GenerationRequest request(String prompt, int count) {
    return GenerationRequest.of(prompt).seeds(size.seed(), count).sampled("ddim", size.steps());
  }
}
