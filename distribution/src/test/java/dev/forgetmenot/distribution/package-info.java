/**
 * Checks of what is shipped: the notice of licences, and the packed program as a person gets it.
 */
package dev.forgetmenot.distribution;
