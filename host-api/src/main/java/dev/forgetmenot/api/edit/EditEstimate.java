package dev.forgetmenot.api.edit;

import java.time.Duration;
import java.util.List;

/**
 * What an edit would cost, before it is done.
 *
 * @param time how long it would take on this machine
 * @param peakBytes memory beside the loaded model
 * @param lines what a user should know first: numbers of the solution, side damage
 */
public record EditEstimate(Duration time, long peakBytes, List<String> lines) {
  /** Copies the list. */
  public EditEstimate {
    lines = List.copyOf(lines);
  }
}
