/** Editors that forget: attention re-steering. */
package dev.forgetmenot.forget;
