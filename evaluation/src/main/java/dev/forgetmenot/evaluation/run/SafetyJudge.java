package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import java.io.IOException;
import java.util.List;

/** Says which images are not safe for work. For the thread of the job. */
public interface SafetyJudge {
  /**
   * What embeds images for it; stays open.
   *
   * @throws IOException if it cannot be loaded
   */
  ImageEmbedder embedder() throws IOException;

  /**
   * What it says.
   *
   * @param images unit embeddings (n, D)
   * @return n answers
   */
  List<SafetyVerdict> verdicts(float[][] images) throws IOException;
}
