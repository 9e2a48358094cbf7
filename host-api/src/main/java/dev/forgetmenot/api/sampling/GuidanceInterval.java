package dev.forgetmenot.api.sampling;

import dev.forgetmenot.files.Message;

/**
 * The part of a run in which the prediction is guided; outside of it the UNet predicts with the
 * prompt alone, at half the work (Kynkäänniemi et al. 2024, arXiv 2404.07724). Shares are of all
 * predictions of the schedule, one a step for most samplers: of n predictions those from {@code
 * int(from · n)} on and before {@code int(until · n)} are guided, counted from 0, as diffusers'
 * guiders count ({@code start}, {@code stop}). A run that begins with an image takes the last steps
 * of the same schedule, so that the same noise levels are guided.
 *
 * @param from in [0, 1], 0 to begin with guidance
 * @param until in [from, 1], 1 to end with guidance
 */
public record GuidanceInterval(double from, double until) {
  /** Guided from the first to the last prediction. */
  public static final GuidanceInterval WHOLE = new GuidanceInterval(0, 1);

  /** Checks the range. */
  public GuidanceInterval {
    if (!(from >= 0 && from <= until && until <= 1)) {
      throw new IllegalArgumentException(
          Message.of(
              "guidance from %s until %s is no interval; expected shares of the steps with 0 ≤ from"
                  + " ≤ until ≤ 1",
              from, until));
    }
  }

  /** Whether a prediction, counted from 0, is guided. */
  public boolean contains(int prediction, int predictions) {
    return prediction >= (int) (from * predictions) && prediction < (int) (until * predictions);
  }
}
