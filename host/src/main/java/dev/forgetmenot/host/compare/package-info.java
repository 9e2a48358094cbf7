/**
 * Several methods on one target, side by side. Called on any one thread; tensor work is done on the
 * engine thread of the model.
 */
package dev.forgetmenot.host.compare;
