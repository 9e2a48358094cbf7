package dev.forgetmenot.evaluation.bench;

import java.nio.file.Path;

/**
 * A concept that the model never knew: how often attacks bring it shows what they teach.
 *
 * @param images a folder with at least 16 images that no model here was trained with
 */
public record NeverKnown(String name, String phrase, ConceptKind kind, Path images, Place place) {}
