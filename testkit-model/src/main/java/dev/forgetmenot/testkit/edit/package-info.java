/** Editors on the embedded model, and what their edits do to the keys and values of prompts. */
package dev.forgetmenot.testkit.edit;
