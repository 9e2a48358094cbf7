/**
 * Stacks of patches on a base: which fit, which conflict, and the weights W' = W + joint solve + Σ
 * strength · change, in double and rounded once. From the base's files alone, without an engine.
 */
package dev.forgetmenot.patching.stack;
