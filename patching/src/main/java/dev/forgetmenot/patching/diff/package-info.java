/**
 * From two states of a model to a patch: which tensors differ, and whether the difference is one
 * change of the input of all of them, a product of thin factors, or a dense delta.
 *
 * <p>Letters: W a weight of the base (out, in), W' the edited one, dW = W' − W, noise what rounding
 * W' to the type of its file adds to dW.
 */
package dev.forgetmenot.patching.diff;
