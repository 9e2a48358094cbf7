package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.sampling.GenerationRequest;
import java.time.Duration;

/**
 * What a plan takes.
 *
 * @param images of the plan, or of the part of it that is made here
 * @param stored of them, which are not drawn again
 * @param unetEvaluations of batch size 1 to draw the rest
 * @param beside UNet evaluations of the evaluators' other work, where it was not done before
 * @param speed of drawing
 * @param bytes that the new images take at most
 * @param calibrating what of the images sets the judges
 */
public record PlanCost(
    int images,
    int stored,
    long unetEvaluations,
    long beside,
    Speed speed,
    long bytes,
    Calibrating calibrating) {
  private static final int BYTES_A_PIXEL = 3;
  private static final int BYTES_AN_IMAGE = 4096; // two files of the store take a block each

  /**
   * The images by which judges are set.
   *
   * @param concepts that they show
   * @param images of them here
   * @param drawn of these, which are not stored yet
   */
  public record Calibrating(int concepts, int images, int drawn) {}

  static PlanCost of(
      int images,
      int stored,
      GenerationRequest settings,
      long beside,
      Speed speed,
      Calibrating calibrating) {
    long drawn = (long) images - stored;
    long pixels = (long) settings.width().orElseThrow() * settings.height().orElseThrow();
    return new PlanCost(
        images,
        stored,
        drawn * evaluations(settings),
        beside,
        speed,
        drawn * (BYTES_A_PIXEL * pixels + BYTES_AN_IMAGE),
        calibrating);
  }

  /** The time of the drawing. */
  public Duration drawing() {
    return speed.of(drawn());
  }

  /** The time of drawing what sets the judges. */
  public Duration ofCalibrating() {
    return speed.of(calibrating.drawn());
  }

  /**
   * About the time of the evaluators' other work, if none of it was done before.
   *
   * @param settings of the images
   */
  public Duration besides(GenerationRequest settings) {
    double images = (double) beside / evaluations(settings);
    return Duration.ofMillis(Math.round(1e3 * speed.seconds() * images));
  }

  private static long evaluations(GenerationRequest settings) {
    return (long) settings.steps() * (settings.guidance() > 1 ? 2 : 1);
  }

  /** How many images are drawn. */
  public int drawn() {
    return images - stored;
  }
}
