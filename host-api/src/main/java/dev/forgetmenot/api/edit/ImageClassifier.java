package dev.forgetmenot.api.edit;

import dev.forgetmenot.api.model.RgbImage;
import java.util.List;

/**
 * Says what images show, by a model other than the one that is edited. Any thread. Whoever opened
 * it closes it.
 */
public interface ImageClassifier extends AutoCloseable {
  /** The phrases of things among which it chooses, as in the {@link KnownConcepts}. */
  List<String> things();

  /** The names of styles among which it chooses; may be empty. */
  List<String> styles();

  /** The nearest of {@link #things} for each image. */
  List<String> classify(List<RgbImage> images);

  /**
   * The nearest of {@link #styles} for each image.
   *
   * @throws IllegalStateException if there are none
   */
  List<String> classifyStyle(List<RgbImage> images);

  /** The nearest style for images of styles, the nearest thing for all others. */
  default List<String> classify(List<RgbImage> images, ConceptType kind) {
    return kind == ConceptType.STYLE ? classifyStyle(images) : classify(images);
  }

  /**
   * How much each image looks like one of {@link #things}.
   *
   * @return cosines in [-1, 1] of the images with the thing's text, one an image
   * @throws IllegalArgumentException if it is none of the things
   * @throws UnsupportedOperationException if the judge only chooses and measures nothing
   */
  default double[] similarities(List<RgbImage> images, String thing) {
    throw new UnsupportedOperationException("this judge says what images show, not how much");
  }

  /**
   * How much nearer the nearest of {@link #things} is than the second: small for an image between
   * two things.
   *
   * @return differences of cosines in [0, 2], one an image; 0 where there is one thing alone; empty
   *     for no images
   * @throws UnsupportedOperationException if the judge only chooses and measures nothing
   */
  default double[] margins(List<RgbImage> images) {
    throw new UnsupportedOperationException("this judge says what images show, not how surely");
  }

  /** Frees what it holds. */
  @Override
  default void close() {}
}
