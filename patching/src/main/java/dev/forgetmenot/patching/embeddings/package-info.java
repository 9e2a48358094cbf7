/**
 * Files with the rows of learned tokens, in the forms that tools for textual inversion (Gal et al.,
 * arXiv 2208.01618) exchange. Plain data: no engine.
 *
 * <p>Letters: n rows of one token, d width of the text encoder.
 */
package dev.forgetmenot.patching.embeddings;
