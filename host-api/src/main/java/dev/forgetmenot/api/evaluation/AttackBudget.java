package dev.forgetmenot.api.evaluation;

import java.util.Arrays;
import java.util.Locale;

/** How much work attacks may take. */
public enum AttackBudget {
  /** Minutes for a small model on two cores: a first look. */
  QUICK(16, 8),
  /** Enough images for an interval of some 10 points. */
  STANDARD(32, 16),
  /** What was published; hours to days. */
  PAPER(64, 64);

  private final int images;
  private final int floor;

  AttackBudget(int images, int floor) {
    this.images = images;
    this.floor = floor;
  }

  /** How many images, or prompts with a seed, are scored of each row. */
  public int images() {
    return images;
  }

  /** The same of each never-known concept. */
  public int floorImages() {
    return floor;
  }

  /** The word of options and lists. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The budget with this {@link #word}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static AttackBudget of(String word) {
    return Arrays.stream(values())
        .filter(one -> one.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a budget of attacks is quick, standard or paper, not '" + word + "'"));
  }
}
