/** Tests of the closed-form edits. */
package dev.forgetmenot.editing.linear;
