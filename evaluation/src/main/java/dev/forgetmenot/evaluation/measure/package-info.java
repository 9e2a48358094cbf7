/**
 * The measures of the field, one class each: formula, source, shapes and range stand in its
 * Javadoc. Letters: n images of one set, m of another, D the width of an image embedding, d the
 * width of the text states, l the number of cross-attention projections. All are computed in double
 * precision, on any thread, and hold no resources.
 */
package dev.forgetmenot.evaluation.measure;
