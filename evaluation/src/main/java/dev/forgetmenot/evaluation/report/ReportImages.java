package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.model.RgbImage;
import java.io.IOException;

/** Gives the images of a report. */
@FunctionalInterface
public interface ReportImages {
  /**
   * The image of a unit.
   *
   * @param key of a {@link EvaluationReport.JudgedUnit} of the report
   * @throws IOException if it cannot be read
   */
  RgbImage of(String key) throws IOException;
}
