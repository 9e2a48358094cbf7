/**
 * Linear algebra in double over EJML: matrices, truncated SVD, a range finder that is extended
 * (Halko et al., arXiv 0909.4061), Cholesky. Sums have a fixed order: the same input gives the same
 * bits on every machine.
 *
 * <p>Letters: d width of a text embedding, n columns, k rank.
 */
package dev.forgetmenot.patching.linear;
