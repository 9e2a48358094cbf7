package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A fixed set of images by which an edit is judged: of the targets, which should no longer be
 * recognised, and of others, which should. The same trial before and after an edit says what the
 * edit did (unlearning accuracy and retention, docs/forgetting.md).
 *
 * @param targets what is judged for being gone, by the phrase that a prompt says
 * @param others what should stay, by phrase; spread evenly over the vocabulary
 * @param size how many images
 */
public record Evaluation(List<Concept> targets, List<String> others, Size size)
    implements Trial<EvaluationResult> {
  /**
   * How many images a trial draws.
   *
   * @param ofTarget images of each target, seeds {@code seed}, {@code seed + 1}, ..
   * @param others how many other phrases at most
   * @param ofOther images of each, with the same seeds
   * @param seed the first seed
   * @param steps of the DDIM sampler
   */
  public record Size(int ofTarget, int others, int ofOther, long seed, int steps) {
    /** The same with other numbers of images of a target and of other phrases. */
    public Size of(int images, int otherPhrases) {
      return new Size(images, otherPhrases, ofOther, seed, steps);
    }
  }

  /** Copies the lists. */
  public Evaluation {
    targets = List.copyOf(targets);
    others = List.copyOf(others);
  }

  /** The trial of concepts on what a model is known to draw. */
  public static Evaluation of(List<Concept> concepts, KnownConcepts vocabulary, Size size) {
    List<Concept> targets =
        concepts.stream().map(concept -> asThePromptSays(concept, vocabulary)).toList();
    Set<String> forgotten = new HashSet<>();
    targets.forEach(target -> forgotten.add(target.name()));
    List<String> others = RetainSet.of(vocabulary, forgotten, size.others());
    return new Evaluation(targets, others, size);
  }

  private static Concept asThePromptSays(Concept concept, KnownConcepts vocabulary) {
    String phrase = vocabulary.find(concept.name()).map(Phrase::phrase).orElse(concept.name());
    return new Concept(phrase, concept.kind());
  }

  @Override
  public EvaluationResult run(DiffusionModel model, ImageClassifier judge) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (Concept target : targets) {
      requests.add(request(prompt(target), size.ofTarget()));
    }
    for (String other : others) {
      requests.add(request(PromptTemplate.ofThings().with(other), size.ofOther()));
    }
    List<List<RgbImage>> images = model.generate(requests);
    List<EvaluationResult.Row> rows = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      Concept target = targets.get(i);
      List<String> seen = judge.recognise(images.get(i), target.kind());
      rows.add(new EvaluationResult.Row(target.name(), images.get(i), seen));
    }
    List<EvaluationResult.Row> kept = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      List<RgbImage> drawn = images.get(targets.size() + i);
      kept.add(new EvaluationResult.Row(others.get(i), drawn, judge.recognise(drawn)));
    }
    return new EvaluationResult(rows, kept);
  }

  @Override
  public int images() {
    return targets.size() * size.ofTarget() + others.size() * size.ofOther();
  }

  /** The prompt of the i-th target. */
  public String prompt(int i) {
    return prompt(targets.get(i));
  }

  private static String prompt(Concept target) {
    return PromptTemplate.of(target.kind()).with(target.name());
  }

  @Override
  public boolean canBeJudgedBy(ImageClassifier judge) {
    return targets.stream()
        .allMatch(
            target ->
                (target.kind() == ConceptType.STYLE ? judge.styles() : judge.things())
                    .contains(target.name()));
  }

  @Override
  public Evaluation few() {
    List<String> one = others.subList(0, Math.min(1, others.size()));
    return new Evaluation(targets, one, size.of(1, 1));
  }

  private GenerationRequest request(String prompt, int count) {
    return GenerationRequest.of(prompt).seeds(size.seed(), count).sampled("ddim", size.steps());
  }
}
