/** The patches that a page shows and that prompts can name. */
package dev.forgetmenot.studio.patch;
