/** Measures of speed and memory on weights that are made in memory. */
package dev.forgetmenot.host.bench;
