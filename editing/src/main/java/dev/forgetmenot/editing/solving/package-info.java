/**
 * What editors share that are solved, not trained: they change what the keys and values of the
 * cross attention read of the text, W' = W(I + D), in seconds.
 *
 * <p>The way of each: concepts and phrases → rows of text embeddings → a solve of {@link
 * dev.forgetmenot.editing.linear} → an edit, with how well it does and what it does to others. An
 * editor extends {@link dev.forgetmenot.editing.solving.SolvedEditor} and declares its parameters
 * with {@link dev.forgetmenot.editing.solving.SolvingOptions}.
 */
package dev.forgetmenot.editing.solving;
