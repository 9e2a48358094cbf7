/**
 * Judges of images over unit embeddings: the nearest label of a whole vocabulary, by the texts of
 * the labels or by reference images, with abstention. No model here, any thread.
 */
package dev.forgetmenot.evaluation.judge;
