/**
 * The jobs of the program, without a command line around them: generate, forget, recognise, demo.
 * They are called on any one thread and do their tensor work on the model's engine thread.
 */
package dev.forgetmenot.host.job;
