/** Tests of stacks that need no model. */
package dev.forgetmenot.editing.stack;
