/**
 * Patches as a library: read once, checked against a base, stacked, applied and taken off; LoRA
 * files, embeddings and differences of models in and out. No engine: arrays of {@code
 * ai.djl.ndarray} are seen in {@link dev.forgetmenot.patching.gate} alone.
 */
package dev.forgetmenot.patching;
