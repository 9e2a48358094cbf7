/** Measuring patches, as a job with a report. */
package dev.forgetmenot.studio.evaluate;
