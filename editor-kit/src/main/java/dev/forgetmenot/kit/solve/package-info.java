/**
 * What editors share that are solved, not trained: they change what the keys and values of the
 * cross attention read of the text, W' = W(I + D), in seconds.
 *
 * <p>The way of each: concepts and phrases → rows of text embeddings → a solve of {@link
 * dev.forgetmenot.patching.solve} → an edit, with how well it does and what it does to others. An
 * editor extends {@link dev.forgetmenot.kit.solve.SolverEditor} and declares its settings with
 * {@link dev.forgetmenot.kit.solve.SolverSettings}.
 */
package dev.forgetmenot.kit.solve;
