/** What the edits of a patch do to weights, worked out in double from the base. */
package dev.forgetmenot.editing.applying;
