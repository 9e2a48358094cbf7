package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.model.RgbImage;
import java.util.List;

/**
 * Maps images, and texts where it has a text tower, into one space of D dimensions, as CLIP does
 * (Radford et al. 2021). Any thread; tensor work is done on the engine thread. Whoever opened it
 * closes it.
 */
public interface ImageEmbedder extends AutoCloseable {
  /** The digest of its weights and settings, 64 hexadecimal digits: equal for equal embeddings. */
  String digest();

  /** What it is, for people, such as {@code CLIP ViT-L/14 of safety_checker/}. */
  String label();

  /**
   * Embeddings of images, of any sizes.
   *
   * @return n unit vectors of D numbers
   */
  float[][] images(List<RgbImage> images);

  /** Whether it has a text tower. */
  boolean readsTexts();

  /**
   * Embeddings of texts.
   *
   * @return n unit vectors of D numbers
   * @throws UnsupportedOperationException if it has no text tower
   */
  float[][] texts(List<String> texts);

  @Override
  void close();
}
