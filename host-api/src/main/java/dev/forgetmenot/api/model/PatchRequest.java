package dev.forgetmenot.api.model;

import java.nio.file.Path;

/**
 * A patch that the user asked for.
 *
 * @param file the {@code .fmnpatch} file
 * @param strength 1 as made, 0 not at all
 */
public record PatchRequest(Path file, double strength) {}
