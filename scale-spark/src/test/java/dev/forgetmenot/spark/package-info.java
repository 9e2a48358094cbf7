/** Evaluations on clusters of this machine. */
package dev.forgetmenot.spark;
