/**
 * The model that a command works on: named, loaded, and the memory that a job on it needs. Called
 * on any one thread; tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.model;
