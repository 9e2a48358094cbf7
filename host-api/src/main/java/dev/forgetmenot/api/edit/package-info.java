/** Jobs that change what a model knows: editors, their declared parameters and their drafts. */
package dev.forgetmenot.api.edit;
