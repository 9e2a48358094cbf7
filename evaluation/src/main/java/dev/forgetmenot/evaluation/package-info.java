/**
 * Evaluations as a library: {@link dev.forgetmenot.evaluation.bench lists} of concepts and prompts,
 * {@link dev.forgetmenot.evaluation.unit work units} and the store of their images, {@link
 * dev.forgetmenot.evaluation.judge judges}, {@link dev.forgetmenot.evaluation.measure measures} and
 * {@link dev.forgetmenot.evaluation.statistics what may be said} of counts.
 */
package dev.forgetmenot.evaluation;
