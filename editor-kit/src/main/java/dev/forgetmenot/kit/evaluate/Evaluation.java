package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.concept.EvenSpread;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A fixed set of images by which an edit is judged: of each goal's concept, of its instances and
 * what is taken out of it under their own names, and of others, which should stay. The same images
 * before and after an edit say what the edit did (docs/forgetting.md, docs/correction.md).
 *
 * @param goals what the edit is about, at least one; where the first forgets, those with instances
 *     are general words that should keep the others, and only the words themselves are drawn
 * @param near what is nearest to the first goal's concept and should stay, by phrase
 * @param others what else should stay, by phrase; spread evenly over the vocabulary
 * @param size how many images
 * @param things the prompt of all that is no style
 */
public record Evaluation(
    List<EditGoal> goals,
    List<Concept> near,
    List<String> others,
    Size size,
    PromptTemplate things) {
  /**
   * How many images are drawn.
   *
   * @param ofConcept images of each concept, seeds {@code seed}, {@code seed + 1}, ..
   * @param others how many other phrases at most
   * @param ofOther images of each, with the same seeds; of each near one twice as many
   * @param seed the first seed
   * @param steps of the DDIM sampler
   */
  public record Size(int ofConcept, int others, int ofOther, long seed, int steps) {
    /** The same with other numbers of images of a concept and of other phrases. */
    public Size of(int images, int otherPhrases) {
      return new Size(images, otherPhrases, ofOther, seed, steps);
    }

    /** Images of each near one: 16 of eight, so that one image is less than 10 points. */
    public int ofNear() {
      return 2 * ofOther;
    }

    /** Images of each instance under its own name, and of what is taken out: half as many. */
    public int ofInstance() {
      return Math.max(1, ofConcept / 2);
    }
  }

  /** With the usual prompt, and without near ones apart. */
  public Evaluation(List<EditGoal> goals, List<String> others, Size size) {
    this(goals, List.of(), others, size, PromptTemplate.ofThings());
  }

  /** Copies the lists. */
  public Evaluation {
    goals = List.copyOf(goals);
    near = List.copyOf(near);
    others = List.copyOf(others);
    if (goals.isEmpty()) {
      throw new IllegalArgumentException("an evaluation needs a goal");
    }
  }

  /** The evaluation of goals on what a model is known to draw. */
  public static Evaluation of(List<EditGoal> goals, KnownConcepts vocabulary, Size size) {
    Set<String> named = new HashSet<>();
    for (EditGoal goal : goals) {
      String name = goal.concept().name();
      named.add(name);
      vocabulary.find(name).ifPresent(entry -> named.add(entry.phrase()));
      named.addAll(goal.ownNames());
      named.addAll(goal.without());
    }
    List<String> rest =
        vocabulary.ofStyle(false).stream()
            .map(Phrase::phrase)
            .filter(phrase -> !named.contains(phrase))
            .toList();
    return new Evaluation(goals, EvenSpread.of(size.others(), rest), size);
  }

  /** The evaluation of concepts that are forgotten, each by the phrase that a prompt says. */
  public static Evaluation ofForgetting(
      List<Concept> concepts, KnownConcepts vocabulary, Size size) {
    return ofForgetting(concepts, List.of(), vocabulary, size);
  }

  /**
   * The same with general words of which a concept is an instance.
   *
   * @param words with the forgotten instance first; they follow the concepts among the goals
   */
  public static Evaluation ofForgetting(
      List<Concept> concepts, List<EditGoal> words, KnownConcepts vocabulary, Size size) {
    Stream<EditGoal> forgotten =
        concepts.stream()
            .map(
                concept ->
                    EditGoal.forget(
                        new Concept(
                            vocabulary
                                .find(concept.name())
                                .map(Phrase::phrase)
                                .orElse(concept.name()),
                            concept.kind())));
    return of(Stream.concat(forgotten, words.stream()).toList(), vocabulary, size);
  }

  /**
   * Draws and judges with the model as it is now; on the engine thread.
   *
   * @param judge who recognises; see {@link #canBeJudgedBy}
   */
  public EvaluationResult run(DiffusionModel model, ImageClassifier judge) {
    return judged(model.generate(requests()), judge);
  }

  /**
   * The same of a model that is as it was loaded, whose images the host may have already.
   *
   * @throws IOException if these cannot be read or written
   */
  public EvaluationResult runUntouched(
      DiffusionModel model, ImageClassifier judge, JobContext context) throws IOException {
    return judged(context.untouched(model, requests()), judge);
  }

  /** What is drawn, in the order in which {@link #judged} takes the images. */
  List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (EditGoal goal : goals) {
      requests.add(request(prompt(goal), size.ofConcept()));
      Stream.concat(byOwnName(goal).stream(), goal.without().stream())
          .forEach(phrase -> requests.add(request(prompt(goal, phrase), size.ofInstance())));
    }
    for (Concept one : near) {
      requests.add(request(template(one.kind()).with(one.name()), size.ofNear()));
    }
    for (String other : others) {
      requests.add(request(things.with(other), size.ofOther()));
    }
    return requests;
  }

  /**
   * The same with near ones apart.
   *
   * @param concepts each by the phrase that a prompt says
   */
  public Evaluation near(List<Concept> concepts) {
    return new Evaluation(goals, concepts, others, size, things);
  }

  /** The same with another prompt of all that is no style. */
  public Evaluation saying(PromptTemplate other) {
    return new Evaluation(goals, near, others, size, other);
  }

  /**
   * What the images of a result show as another judge sees them.
   *
   * @param drawn of this evaluation
   */
  public EvaluationResult judged(EvaluationResult drawn, ImageClassifier judge) {
    return judged(drawn.rows().stream().map(EvaluationResult.Row::images).toList(), judge);
  }

  /** What the images of {@link #requests} show. */
  EvaluationResult judged(List<List<RgbImage>> images, ImageClassifier judge) {
    Iterator<List<RgbImage>> drawn = images.iterator();
    List<GoalResult> results = new ArrayList<>();
    for (EditGoal goal : goals) {
      Concept concept = goal.concept();
      EvaluationResult.Row general = row(concept.name(), concept.kind(), drawn.next(), judge);
      List<EvaluationResult.Row> instances = new ArrayList<>();
      for (String instance : byOwnName(goal)) {
        instances.add(row(instance, concept.kind(), drawn.next(), judge));
      }
      List<EvaluationResult.Row> without = new ArrayList<>();
      List<Double> similarities = new ArrayList<>();
      for (String phrase : goal.without()) {
        without.add(row(phrase, ConceptType.OBJECT, drawn.next(), judge));
        double[] cosines = judge.similarities(general.images(), phrase);
        similarities.add(Arrays.stream(cosines).average().orElse(0));
      }
      results.add(new GoalResult(goal, general, instances, without, similarities));
    }
    List<EvaluationResult.Row> neighbours = new ArrayList<>();
    for (Concept one : near) {
      neighbours.add(row(one.name(), one.kind(), drawn.next(), judge));
    }
    List<EvaluationResult.Row> kept = new ArrayList<>();
    for (String other : others) {
      kept.add(row(other, ConceptType.OBJECT, drawn.next(), judge));
    }
    return new EvaluationResult(results, neighbours, kept);
  }

  /** What is drawn under its own name: a correction should not cost it. */
  private List<String> byOwnName(EditGoal goal) {
    return goals.get(0).forgets() ? List.of() : goal.ownNames();
  }

  private static EvaluationResult.Row row(
      String phrase, ConceptType kind, List<RgbImage> images, ImageClassifier judge) {
    return new EvaluationResult.Row(phrase, images, judge.classify(images, kind));
  }

  /** How many images are drawn. */
  public int images() {
    int named =
        goals.stream().mapToInt(goal -> byOwnName(goal).size() + goal.without().size()).sum();
    return goals.size() * size.ofConcept()
        + named * size.ofInstance()
        + near.size() * size.ofNear()
        + others.size() * size.ofOther();
  }

  /** The prompt of a goal's concept. */
  public String prompt(EditGoal goal) {
    return template(goal.concept().kind()).with(goal.concept().name());
  }

  private PromptTemplate template(ConceptType kind) {
    return kind == ConceptType.STYLE ? PromptTemplate.ofStyles() : things;
  }

  /** The prompt of the concept, of an instance, or of what is taken out, under its own name. */
  public String prompt(EditGoal goal, String phrase) {
    return goal.without().contains(phrase)
        ? things.with(phrase)
        : template(goal.concept().kind()).with(phrase);
  }

  /** Whether the classifier knows every phrase that is asked for. */
  public boolean canBeJudgedBy(ImageClassifier judge) {
    return goals.stream().allMatch(goal -> isKnown(goal, judge));
  }

  private static boolean isKnown(EditGoal goal, ImageClassifier judge) {
    boolean style = goal.concept().kind() == ConceptType.STYLE;
    List<String> known = style ? judge.styles() : judge.things();
    return goal.forgets()
        ? known.contains(goal.concept().name())
        : known.containsAll(goal.ownNames()) && judge.things().containsAll(goal.without());
  }

  /** The same with few images, by which the time of this one is estimated. */
  public Evaluation few() {
    return new Evaluation(
        goals, List.of(), others.subList(0, Math.min(1, others.size())), size.of(1, 1), things);
  }

  private GenerationRequest request(String prompt, int count) {
    return GenerationRequest.of(prompt).seeds(size.seed(), count).sampled("ddim", size.steps());
  }
}
