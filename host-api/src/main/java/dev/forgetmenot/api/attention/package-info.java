/**
 * The attention seam: what a plugin can see and change of the cross-attention probabilities.
 *
 * <p>Letters: b batch, h heads, p pixels of the layer's feature map, n tokens of the prompt.
 */
package dev.forgetmenot.api.attention;
