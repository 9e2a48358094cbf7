package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.evaluate.AbstainingClassifier;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the model draws for a general word, as it is now. For the engine thread.
 *
 * @param judge who says what images show
 * @param images how many are drawn at a time
 * @param steps of the DDIM sampler
 * @param seed of the first; the others follow
 */
public record ShareMeasurement(
    DiffusionModel model, ImageClassifier judge, int images, int steps, long seed) {
  private static final double GUIDANCE = 5;

  /** How many images of a word show what; what shows most comes first. */
  public Map<String, Integer> of(Concept general) {
    return counts(general, model.generate(request(general, "", GUIDANCE)));
  }

  /**
   * The same with a prompt to stay away from, by the model as it was loaded.
   *
   * @param context may have the images from an earlier job
   */
  public Map<String, Integer> awayFrom(
      Concept general, String dominant, double guidance, JobContext context) {
    String negative = PromptTemplate.of(general.kind()).with(dominant);
    try {
      GenerationRequest request = request(general, negative, guidance);
      return counts(general, context.untouched(model, List.of(request)).get(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same by a judge that abstains where an image is between things; see {@link
   * AbstainingClassifier}. Draws the instances under their own names by the model as it was loaded.
   *
   * @param context may have these images from an earlier job
   * @throws IOException if kept images cannot be read or written
   */
  public ShareMeasurement abstaining(List<String> instances, ConceptType kind, JobContext context)
      throws IOException {
    if (!AbstainingClassifier.canCalibrate(judge)) {
      return this;
    }
    List<GenerationRequest> requests =
        instances.stream().map(name -> request(new Concept(name, kind), "", GUIDANCE)).toList();
    List<List<RgbImage>> drawn = context.untouched(model, requests);
    List<EvaluationResult.Row> own = new ArrayList<>();
    for (int i = 0; i < drawn.size(); i++) {
      List<RgbImage> some = drawn.get(i);
      own.add(new EvaluationResult.Row(instances.get(i), some, judge.classify(some, kind)));
    }
    return new ShareMeasurement(
        model, AbstainingClassifier.calibrated(judge, own), images, steps, seed);
  }

  private Map<String, Integer> counts(Concept general, List<RgbImage> drawn) {
    List<String> seen = judge.classify(drawn, general.kind());
    return new EvaluationResult.Row(general.name(), drawn, seen).counts();
  }

  private GenerationRequest request(Concept general, String negative, double guidance) {
    return GenerationRequest.builder(PromptTemplate.of(general.kind()).with(general.name()))
        .negativePrompt(negative)
        .seed(seed)
        .count(images)
        .steps(steps)
        .guidance(guidance)
        .sampler("ddim")
        .build();
  }
}
