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
 * @param calibration seeds of the images by which the judges are set, never scored
 */
public record BenchJudge(
    Optional<Path> vocabulary,
    Optional<Path> text,
    boolean prototypes,
    Optional<Path> extraClip,
    SeedRange calibration) {}
