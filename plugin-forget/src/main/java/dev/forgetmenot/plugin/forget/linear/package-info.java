/**
 * Erasers that are solved, not trained, with what {@link dev.forgetmenot.kit.solve} has for all
 * solved editors. Each is one way from rows of text embeddings to an edit.
 */
package dev.forgetmenot.plugin.forget.linear;
