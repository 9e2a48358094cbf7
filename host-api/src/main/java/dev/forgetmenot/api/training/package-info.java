/** Training of a few weights of a loaded model, without engines or collectors. */
package dev.forgetmenot.api.training;
