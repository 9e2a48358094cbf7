/** One small runnable class for each thing that a library user does. */
package dev.forgetmenot.samples;
