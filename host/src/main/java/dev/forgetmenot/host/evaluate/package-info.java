/**
 * What judges images of a model: its known concepts and the classifiers at hand. Called on any one
 * thread; tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.evaluate;
