/**
 * The six kinds of edits: what each changes, what a manifest says of it, and the tensors that it is
 * stored as.
 */
package dev.forgetmenot.patch.edit;
