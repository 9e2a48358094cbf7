/**
 * Concepts in prompts: which tokens say a concept, their rows of the text embedding, the nearest
 * concepts, statistics of ordinary text.
 *
 * <p>Letters: n tokens of the prompt (77), d width of the text embedding.
 */
package dev.forgetmenot.kit.concept;
