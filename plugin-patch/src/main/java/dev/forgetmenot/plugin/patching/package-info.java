/** Puts stacks of patches on a model when it is loaded. */
package dev.forgetmenot.plugin.patching;
