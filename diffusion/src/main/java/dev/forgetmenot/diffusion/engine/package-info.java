/**
 * The only place that knows the PyTorch engine: its thread, its element types and the operators
 * that DJL lacks.
 *
 * <p>Letters: b batch, h heads, p pixels or queries, n tokens or keys, d width.
 */
package dev.forgetmenot.diffusion.engine;
