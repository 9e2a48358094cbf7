/**
 * The demo: one forgetting on the embedded model, from images before to images after. Called on any
 * one thread; tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.demo;
