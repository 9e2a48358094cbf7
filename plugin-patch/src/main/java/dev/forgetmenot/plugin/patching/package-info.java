/**
 * Puts stacks of patches on a model when it is loaded, and those that prompts ask for while it
 * draws.
 */
package dev.forgetmenot.plugin.patching;
