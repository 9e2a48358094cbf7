/**
 * Drawing: the generation job, image folders with their numbering, output folders, and the least
 * time of a step. Called on any one thread; tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.generate;
