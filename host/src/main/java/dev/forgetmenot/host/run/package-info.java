/**
 * Run files: YAML that says what to forget, correct or invert and with which settings, and the job
 * that does it and leaves the settings, the loss curve, sample images and the patch in one folder.
 * A file is read and checked whole before a model is loaded.
 */
package dev.forgetmenot.host.run;
