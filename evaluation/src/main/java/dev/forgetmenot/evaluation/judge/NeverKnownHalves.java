package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.train.TrainingImages;
import java.io.IOException;
import java.util.List;

/**
 * The images of a concept that the model never knew, in two halves, so that none does both.
 *
 * @param prototype what judges compare with: the first half by the names of the files
 * @param shown what attacks may learn from
 */
public record NeverKnownHalves(List<RgbImage> prototype, List<RgbImage> shown) {
  /**
   * Reads them.
   *
   * @param size height and width that they get, in pixels
   */
  public static NeverKnownHalves read(NeverKnown never, int size) throws IOException {
    List<RgbImage> all =
        TrainingImages.read(never.images(), size, TrainingImages.Crop.CENTRE, 0, line -> {})
            .images();
    return new NeverKnownHalves(
        all.subList(0, all.size() / 2), all.subList(all.size() / 2, all.size()));
  }
}
