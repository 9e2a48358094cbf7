/**
 * What several editors share: where a concept stands in a prompt, losses on attention, training
 * images and their latents, prompts, and the rows of text embeddings that stand for concepts.
 *
 * <p>Letters: b batch, h heads, p pixels of a layer's feature map, n tokens of the prompt (77).
 */
package dev.forgetmenot.editing;
