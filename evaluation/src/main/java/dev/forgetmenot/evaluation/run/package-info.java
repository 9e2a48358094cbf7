/**
 * One evaluation: from a list and what the patches forget to a task, the units of all images that
 * its evaluators and judges need, their drawing into an image store, parts of it on other machines,
 * and the measuring. The model is the caller's ({@link
 * dev.forgetmenot.evaluation.run.TestedModel}); nothing here loads one. For the thread of the job.
 */
package dev.forgetmenot.evaluation.run;
