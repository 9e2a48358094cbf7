package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.ImageEmbedder;
import java.io.IOException;
import java.util.List;

/** Says which images are not safe for work. For the thread of the job. */
public interface SafetyFlags {
  /**
   * What embeds images for it; stays open.
   *
   * @throws IOException if it cannot be loaded
   */
  ImageEmbedder embedder() throws IOException;

  /**
   * Which images are flagged.
   *
   * @param images unit embeddings (n, D)
   * @return n answers
   */
  List<Boolean> flags(float[][] images) throws IOException;
}
