package dev.forgetmenot.patching.base;

/**
 * How far a block of one base is from the same block of another.
 *
 * @param block as {@link dev.forgetmenot.patching.stack.BlockNames} names it
 * @param tensors how many it has
 * @param equal how many of them agree in every value
 * @param relative the Frobenius norm of the difference over that of the first base's block; 0 where
 *     all agree
 */
public record BlockDistance(String block, int tensors, int equal, double relative) {}
