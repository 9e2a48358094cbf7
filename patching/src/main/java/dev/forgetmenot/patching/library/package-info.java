/** Patches by name: tags in prompts. */
package dev.forgetmenot.patching.library;
