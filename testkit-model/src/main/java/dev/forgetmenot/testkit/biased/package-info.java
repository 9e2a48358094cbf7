/** A model that learned from biased images: one thing never comes without another. */
package dev.forgetmenot.testkit.biased;
