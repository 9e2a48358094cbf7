/**
 * What forget and correct share: requests, the preflight, the job, and reports on what a change
 * did. Called on any one thread; tensor work is done on the engine thread of the model.
 */
package dev.forgetmenot.host.edit;
