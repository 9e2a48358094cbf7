package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.model.RgbImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a trial showed.
 *
 * @param targets one row a target
 * @param others one row a thing that should stay
 */
public record EvaluationResult(List<Row> targets, List<Row> others) {
  /** Copies the lists. */
  public EvaluationResult {
    targets = List.copyOf(targets);
    others = List.copyOf(others);
  }

  /**
   * The images of one phrase.
   *
   * @param phrase what the prompt named
   * @param images one a seed
   * @param seen the nearest phrase of each image
   */
  public record Row(String phrase, List<RgbImage> images, List<String> seen) {
    /** Copies the lists. */
    public Row {
      images = List.copyOf(images);
      seen = List.copyOf(seen);
    }

    /** How many images show each phrase; what shows most comes first. */
    public Map<String, Integer> counts() {
      Map<String, Integer> counts = new LinkedHashMap<>();
      seen.forEach(shown -> counts.merge(shown, 1, Integer::sum));
      Map<String, Integer> sorted = new LinkedHashMap<>();
      counts.entrySet().stream()
          .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
          .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      return sorted;
    }

    /** How many are recognised as what the prompt named. */
    public int recognised() {
      return (int) seen.stream().filter(phrase::equals).count();
    }

    /** The share that is recognised as what the prompt named, in [0, 1]. */
    public double share() {
      return (double) recognised() / seen.size();
    }

    /** Mean difference of the pixels to the same row of another model, of 255. */
    public double drift(Row other) {
      double sum = 0;
      long values = 0;
      for (int i = 0; i < images.size(); i++) {
        byte[] a = images.get(i).rgb();
        byte[] b = other.images.get(i).rgb();
        for (int k = 0; k < a.length; k++) {
          sum += Math.abs((a[k] & 0xff) - (b[k] & 0xff));
        }
        values += a.length;
      }
      return sum / values;
    }
  }

  /** Images of targets that are still recognised, over all targets. */
  public int left() {
    return targets.stream().mapToInt(Row::recognised).sum();
  }

  /** The worst target: the greatest share of its images that is still recognised, in [0, 1]. */
  public double worstLeft() {
    return targets.stream().mapToDouble(Row::share).max().orElse(0);
  }

  /** Images of others that are recognised. */
  public int kept() {
    return others.stream().mapToInt(Row::recognised).sum();
  }

  /** Images of others. */
  public int ofOthers() {
    return others.stream().mapToInt(row -> row.seen().size()).sum();
  }

  /** The share of others that is recognised, in [0, 1]; 1 where there are none. */
  public double retainAccuracy() {
    return ofOthers() == 0 ? 1 : (double) kept() / ofOthers();
  }

  /** Mean difference of the others' pixels to the same trial on another model, of 255. */
  public double drift(EvaluationResult other) {
    double sum = 0;
    for (int i = 0; i < others.size(); i++) {
      sum += others.get(i).drift(other.others.get(i));
    }
    return others.isEmpty() ? 0 : sum / others.size();
  }

  /** The sentence for people: what it was before and is in this result. */
  public String since(EvaluationResult before) {
    StringBuilder text = new StringBuilder("recognised as ");
    for (int i = 0; i < targets.size(); i++) {
      int of = targets.get(i).seen().size();
      text.append(i == 0 ? "" : ", ")
          .append(targets.get(i).phrase())
          .append(' ')
          .append(before.targets.get(i).recognised() + "/" + of)
          .append(" → ")
          .append(targets.get(i).recognised() + "/" + of);
    }
    return text.append("; ").append(othersSince(before)).toString();
  }

  /** The part of the sentence that is about the others. */
  String othersSince(EvaluationResult before) {
    return others.isEmpty()
        ? "others: none are known"
        : String.format(
            Locale.ROOT,
            "others %.0f %% → %.0f %% of %d",
            100 * before.retainAccuracy(),
            100 * retainAccuracy(),
            ofOthers());
  }
}
