/**
 * Textual inversion as a job: preflight, files, the tokens it writes. Called on any one thread;
 * tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.invert;
