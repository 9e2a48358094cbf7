/**
 * Patches by name: folders, gates, recipes of stacks and their proof. Called on any one thread;
 * tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.stack;
