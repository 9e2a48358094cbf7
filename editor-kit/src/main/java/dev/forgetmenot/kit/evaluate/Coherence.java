package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far images are from anything that is known, and by how much they are nearer to that than to a
 * concept. Both are means over images of cosines between the image's and a thing's CLIP embedding.
 * Source: this project.
 *
 * <pre>
 * distance = mean of 1 − max over known things v of cos(E(image), E(v))     in [0, 2]
 * margin   = mean of max over v of cos(E(image), E(v)) − cos(E(image), E(concept))     in [0, 2]
 * </pre>
 *
 * <p>A distance has no scale of its own: one CLIP has 0.2 where another has 0.7. Images of the
 * untouched model give it, see {@link #relativeTo}. An image between two things is far from both,
 * so its distance is larger. A margin of 0 says that all images are recognised as the concept.
 *
 * @param distance in [0, 2]
 * @param margin in [0, 2]; NaN where the concept is none of the known things, such as a style
 */
public record Coherence(double distance, double margin) {
  /** Up to this multiple of the untouched images' distance images are as coherent. */
  public static final double CLEAR = 1.1;

  /** Whether a judge measures how near images are to things, and does not only choose. */
  public static boolean isMeasuredBy(ImageClassifier judge) {
    try {
      return judge.things().isEmpty()
          || judge.similarities(List.of(), judge.things().get(0)).length == 0;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /**
   * Of images of a concept.
   *
   * @param judge of known things, whose similarities are cosines
   * @param images at least one
   * @param concept as a prompt says it
   * @return empty where the judge chooses and measures nothing
   */
  public static Optional<Coherence> of(
      ImageClassifier judge, List<RgbImage> images, String concept) {
    return of(judge, images, judge.classify(images), concept);
  }

  /**
   * The same of images that were classified before.
   *
   * @param seen what the judge said of each
   */
  public static Optional<Coherence> of(
      ImageClassifier judge, List<RgbImage> images, List<String> seen, String concept) {
    try {
      double sum = 0;
      for (Map.Entry<String, List<RgbImage>> shown : byThing(images, seen).entrySet()) {
        sum += Arrays.stream(judge.similarities(shown.getValue(), shown.getKey())).sum();
      }
      double nearest = sum / images.size();
      double own =
          judge.things().contains(concept)
              ? Arrays.stream(judge.similarities(images, concept)).average().orElseThrow()
              : Double.NaN;
      return Optional.of(new Coherence(1 - nearest, nearest - own));
    } catch (UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  private static Map<String, List<RgbImage>> byThing(List<RgbImage> images, List<String> seen) {
    Map<String, List<RgbImage>> groups = new LinkedHashMap<>();
    for (int i = 0; i < seen.size(); i++) {
      groups.computeIfAbsent(seen.get(i), thing -> new ArrayList<>()).add(images.get(i));
    }
    return groups;
  }

  /**
   * The distance as a multiple of that of other images by the same judge.
   *
   * @param untouched of images of the untouched model
   * @return 1 for images that are as near to known things as those; below 1.1 is as coherent
   */
  public double relativeTo(Coherence untouched) {
    return distance / untouched.distance;
  }
}
