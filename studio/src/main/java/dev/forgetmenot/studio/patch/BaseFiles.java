package dev.forgetmenot.studio.patch;

import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import java.nio.file.Path;

/**
 * The files of the model that is served, for what is made of them without loading it.
 *
 * @param model a folder or a checkpoint
 * @param reading how they are read
 */
public record BaseFiles(Path model, ReadingOptions reading) {}
