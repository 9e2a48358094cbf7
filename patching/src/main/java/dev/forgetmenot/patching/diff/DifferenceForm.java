package dev.forgetmenot.patching.diff;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How a difference is kept in a patch.
 *
 * @param kind what form
 * @param rank of every product; empty for as much as is there
 * @param energy share of the squared norm of every dW that the product must hold, in (0, 1]; empty
 *     for all but the noise
 * @param half whether values in full are stored as halves where that rounds them; where it does not
 *     they always are
 */
public record DifferenceForm(Kind kind, OptionalInt rank, OptionalDouble energy, boolean half) {
  /** The forms. */
  public enum Kind {
    /** The smallest form that says all but the noise of the files. */
    AUTO,
    /** Every value. */
    DELTA,
    /** Products of thin factors; vectors such as biases in full. */
    LOWRANK,
    /** One change of what all changed layers read. */
    CLOSEDFORM
  }

  /** The smallest form that says all. */
  public static final DifferenceForm AUTO =
      new DifferenceForm(Kind.AUTO, OptionalInt.empty(), OptionalDouble.empty(), false);

  /** Checks the ranges. */
  public DifferenceForm {
    if (rank.isPresent() && (rank.getAsInt() < 1 || energy.isPresent())) {
      throw new IllegalArgumentException("give a rank of at least 1 or an energy, not both");
    }
    if (energy.isPresent() && !(energy.getAsDouble() > 0 && energy.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "an energy is a share above 0 and up to 1, not " + energy.getAsDouble());
    }
  }

  /** Values in full are stored as they are. */
  public DifferenceForm(Kind kind, OptionalInt rank, OptionalDouble energy) {
    this(kind, rank, energy, false);
  }

  /** Whether the user says how much is kept. */
  boolean chosen() {
    return rank.isPresent() || energy.isPresent();
  }
}
