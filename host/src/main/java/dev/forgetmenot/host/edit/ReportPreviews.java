package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.share.PreviewPng;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.PatchPreview;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The images of a report that go into the patch: of its concepts in turn, those of the first seeds,
 * whatever they show.
 *
 * @param evaluation what was drawn
 */
record ReportPreviews(Evaluation evaluation) {
  /** The longest side in pixels: four images of 256 × 256 pixels have at most 800 KB. */
  private static final int PIXELS = 256;

  /**
   * The images.
   *
   * @param pairs of an image before and the same after, at most; there are no more than images of
   *     the concepts
   */
  List<PatchPreview.Image> of(EvaluationResult before, EvaluationResult after, int pairs)
      throws IOException {
    int concepts =
        (int)
            before.goals().stream()
                .filter(one -> one.goal().forgets() == before.goals().get(0).goal().forgets())
                .count();
    int most = Math.min(pairs, concepts * evaluation.size().ofConcept());
    List<PatchPreview.Image> images = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      int seed = i / concepts;
      GoalResult was = before.goals().get(i % concepts);
      GoalResult is = after.goals().get(i % concepts);
      images.add(image(PatchPreview.Side.BEFORE, was, seed));
      images.add(image(PatchPreview.Side.AFTER, is, seed));
    }
    return images;
  }

  private PatchPreview.Image image(PatchPreview.Side side, GoalResult result, int seed)
      throws IOException {
    RgbImage image = result.general().images().get(seed);
    return new PatchPreview.Image(
        side,
        evaluation.prompt(result.goal()),
        evaluation.size().seed() + seed,
        side == PatchPreview.Side.BEFORE ? 0 : 1,
        PreviewPng.of(image, PIXELS));
  }
}
