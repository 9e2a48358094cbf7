package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A judge of an evaluation where one says a word for each image: {@link EvaluationResult#NO_ANSWER}
 * where it abstains.
 *
 * @param judge whose embedder stays open
 * @param texts measures how much images look like a thing, since a judge only chooses; stays open;
 *     without it that is not measured
 */
public record JudgeClassifier(Judge judge, Optional<ImageClassifier> texts)
    implements ImageClassifier {
  @Override
  public List<String> things() {
    return judge.labels(false);
  }

  @Override
  public List<String> styles() {
    return judge.labels(true);
  }

  @Override
  public List<String> classify(List<RgbImage> images) {
    return answers(images, ConceptType.OBJECT);
  }

  @Override
  public List<String> classifyStyle(List<RgbImage> images) {
    return answers(images, ConceptType.STYLE);
  }

  private List<String> answers(List<RgbImage> images, ConceptType kind) {
    return judged(images, kind).stream()
        .map(said -> said.abstained() ? EvaluationResult.NO_ANSWER : said.label())
        .toList();
  }

  private List<JudgedImage> judged(List<RgbImage> images, ConceptType kind) {
    return judge.answers(judge.embedder().images(images), Collections.nCopies(images.size(), kind));
  }

  @Override
  public double[] margins(List<RgbImage> images) {
    return judged(images, ConceptType.OBJECT).stream().mapToDouble(JudgedImage::margin).toArray();
  }

  @Override
  public double[] similarities(List<RgbImage> images, String thing) {
    return texts.isPresent()
        ? texts.get().similarities(images, thing)
        : ImageClassifier.super.similarities(images, thing);
  }
}
