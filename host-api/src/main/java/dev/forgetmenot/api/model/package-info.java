/**
 * A model and its loading. What a plugin sees of a loaded model, and the extension point that may
 * change it before its first use.
 */
package dev.forgetmenot.api.model;
