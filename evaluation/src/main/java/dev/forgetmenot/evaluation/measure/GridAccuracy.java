package dev.forgetmenot.evaluation.measure;

import dev.forgetmenot.kit.evaluate.Count;
import java.util.List;
import java.util.function.Predicate;

/**
 * Retention over a grid of things and styles as UnlearnCanvas (Zhang et al. 2024) counts it, over
 * the images that do not involve the target. In-domain retain accuracy (IRA) is of the kind that
 * the target is of, cross-domain (CRA) of the other. Levels do not compare between judges: theirs
 * is a classifier that was tuned on the set.
 *
 * @param inDomain IRA as a count, larger is better
 * @param crossDomain CRA as a count, larger is better
 */
public record GridAccuracy(Count inDomain, Count crossDomain) {
  /**
   * One image of the grid.
   *
   * @param thing that was asked for
   * @param style that was asked for
   * @param thingRight whether the judge named the thing
   * @param styleRight whether the judge named the style
   */
  public record Image(String thing, String style, boolean thingRight, boolean styleRight) {}

  /**
   * The retention beside a style that is to be forgotten: IRA is the accuracy of the other styles,
   * CRA that of things.
   *
   * @param images of the grid
   * @param style the target
   * @return both accuracies
   */
  public static GridAccuracy besideStyle(List<Image> images, String style) {
    List<Image> others = images.stream().filter(image -> !image.style().equals(style)).toList();
    return new GridAccuracy(count(others, Image::styleRight), count(others, Image::thingRight));
  }

  /**
   * The retention beside a thing that is to be forgotten: IRA is the accuracy of the other things,
   * CRA that of styles.
   *
   * @param images of the grid
   * @param thing the target
   * @return both accuracies
   */
  public static GridAccuracy besideThing(List<Image> images, String thing) {
    List<Image> others = images.stream().filter(image -> !image.thing().equals(thing)).toList();
    return new GridAccuracy(count(others, Image::thingRight), count(others, Image::styleRight));
  }

  private static Count count(List<Image> images, Predicate<Image> right) {
    return new Count((int) images.stream().filter(right).count(), images.size());
  }
}
