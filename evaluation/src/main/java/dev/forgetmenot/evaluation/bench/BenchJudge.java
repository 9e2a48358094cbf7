package dev.forgetmenot.evaluation.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What recognises images.
 *
 * @param vocabulary a file with the phrases to choose from; empty for the model's own, or for the
 *     concepts and neighbours of the list where the model has none
 * @param text a CLIP folder; empty for the model's own
 * @param prototypes whether a second judge compares with reference images
 * @param extraClip a CLIP folder that the model was not trained with
 * @param calibrated which concepts the judges are set by; empty for what the size of images
 *     suggests
 * @param calibration seeds of the images by which the judges are set, never scored
 */
public record BenchJudge(
    Optional<Listed> vocabulary,
    Optional<Listed> text,
    boolean prototypes,
    Optional<Listed> extraClip,
    Optional<Calibrated> calibrated,
    SeedRange calibration) {
  /** Images of fewer pixels are drawn in seconds. */
  private static final int SMALL = 256 * 256;

  /**
   * A file or folder that a list names.
   *
   * @param place where it is named
   */
  public record Listed(Path path, Place place) {}

  /** Which concepts of the vocabulary judges are set by. */
  public enum Calibrated {
    /** The whole vocabulary. */
    ALL,
    /** Targets, their neighbours, and what else an evaluation cannot do without. */
    NEAR;

    /** As lists write it. */
    public String word() {
      return this == ALL ? "all" : "near";
    }
  }

  /** Whether the whole vocabulary is drawn to set the judges. */
  public boolean calibratesAll(BenchModel model) {
    return calibrated.map(Calibrated.ALL::equals).orElse(model.width() * model.height() < SMALL);
  }
}
