package dev.forgetmenot.api.edit;

import dev.forgetmenot.api.model.RgbImage;
import java.util.List;

/** Says what pictures show, by a model other than the one that is edited. Any thread. */
public interface ImageClassifier {
  /** The phrases of things among which it chooses, as in the {@link KnownConcepts}. */
  List<String> things();

  /** The names of styles among which it chooses; may be empty. */
  List<String> styles();

  /** The nearest of {@link #things} for each picture. */
  List<String> recognise(List<RgbImage> pictures);

  /**
   * The nearest of {@link #styles} for each picture.
   *
   * @throws IllegalStateException if there are none
   */
  List<String> recogniseStyle(List<RgbImage> pictures);

  /** The nearest style for pictures of styles, the nearest thing for all others. */
  default List<String> recognise(List<RgbImage> pictures, ConceptType kind) {
    return kind == ConceptType.STYLE ? recogniseStyle(pictures) : recognise(pictures);
  }

  /**
   * How much each picture looks like one of {@link #things}.
   *
   * @return cosines in [-1, 1] of the pictures with the thing's text, one a picture
   * @throws IllegalArgumentException if it is none of the things
   * @throws UnsupportedOperationException if the judge only chooses and measures nothing
   */
  default double[] similarities(List<RgbImage> pictures, String thing) {
    throw new UnsupportedOperationException("this judge says what pictures show, not how much");
  }
}
