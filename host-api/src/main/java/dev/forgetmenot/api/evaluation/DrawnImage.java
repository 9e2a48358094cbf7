package dev.forgetmenot.api.evaluation;

/**
 * An image that is kept.
 *
 * @param shot what was asked for
 * @param key of its work unit, 64 hexadecimal digits
 */
public record DrawnImage(ImageSet.Shot shot, String key) {}
