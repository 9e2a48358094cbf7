package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images of phrases of things by the model as it is, each drawn once. For the engine thread.
 *
 * @param context may have them from an earlier job
 * @param size seed, steps and number of the images of each phrase
 * @param drawn by phrase; grows
 */
public record BaseImages(
    DiffusionModel model,
    ImageClassifier judge,
    JobContext context,
    Evaluation.Size size,
    Map<String, Row> drawn) {
  /** Nothing is drawn yet. */
  public BaseImages(
      DiffusionModel model, ImageClassifier judge, JobContext context, Evaluation.Size size) {
    this(model, judge, context, size, new LinkedHashMap<>());
  }

  /**
   * The images of phrases with what they show, in their order; those that are new in one batch.
   *
   * @throws IOException if kept images cannot be read or written
   */
  public List<Row> of(List<String> phrases) throws IOException {
    List<String> missing = phrases.stream().filter(phrase -> !drawn.containsKey(phrase)).toList();
    if (!missing.isEmpty()) {
      List<List<RgbImage>> images =
          context.untouched(model, missing.stream().map(this::request).toList());
      for (int i = 0; i < missing.size(); i++) {
        drawn.put(
            missing.get(i), new Row(missing.get(i), images.get(i), judge.classify(images.get(i))));
      }
    }
    return new ArrayList<>(phrases.stream().map(drawn::get).toList());
  }

  private GenerationRequest request(String phrase) {
    return GenerationRequest.of(PromptTemplate.ofThings().with(phrase))
        .seeds(size.seed(), size.ofConcept())
        .sampled("ddim", size.steps());
  }
}
