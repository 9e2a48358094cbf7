/**
 * Edits of the text embeddings' side of linear maps, W' = W(I + D), solved in closed form. Plain
 * Java in double, one thread, sums in a fixed order: the same input gives the same bits on every
 * machine. Nothing here knows of models or tensors' engines.
 *
 * <p>Letters: d width of a text embedding, n columns, k rank of an edit. A column is one row of a
 * text embedding.
 */
package dev.forgetmenot.editing.linear;
