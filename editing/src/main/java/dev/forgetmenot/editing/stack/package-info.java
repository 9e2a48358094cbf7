/**
 * Stacks of patches on a base: what fits, what goes together, and the weights that come of it. From
 * the base's files alone, without an engine.
 */
package dev.forgetmenot.editing.stack;
