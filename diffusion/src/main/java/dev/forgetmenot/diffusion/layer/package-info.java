/**
 * The layers that the models share, each a small class that holds its weights' cells.
 *
 * <p>Letters: b batch, c channels, h w height and width of a feature map, p pixels (h · w), d
 * width, t width of the time embedding. All arrays are FLOAT32, except inside of a network whose
 * operators are {@link dev.forgetmenot.diffusion.engine.Ops#packed packed}. A layer never closes
 * its input; its output belongs to the manager of its input and is closed by the caller. For the
 * engine thread.
 */
package dev.forgetmenot.diffusion.layer;
