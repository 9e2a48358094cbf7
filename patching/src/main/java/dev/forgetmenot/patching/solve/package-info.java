/**
 * Unified concept editing in closed form (Gandikota et al., arXiv 2308.14761): W' = W(I + D) for
 * the keys and values of cross attention. Stacks of several such edits are solved jointly.
 *
 * <p>Letters: d width of a text embedding, n columns. A column is one row of a text embedding.
 */
package dev.forgetmenot.patching.solve;
