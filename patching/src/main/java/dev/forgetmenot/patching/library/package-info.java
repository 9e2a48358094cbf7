/** Patches by name: tags in prompts, folders, and recipes of stacks. */
package dev.forgetmenot.patching.library;
