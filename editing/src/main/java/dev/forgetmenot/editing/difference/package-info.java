/**
 * From a base and what became of it to a patch: which tensors differ, and whether the difference is
 * one change of what all of them read, a product of thin factors, or neither.
 *
 * <p>Letters: W a weight of the base (out, in), W' the edited one, dW = W' − W, noise what rounding
 * W' to the type of its file adds to dW.
 */
package dev.forgetmenot.editing.difference;
