/**
 * What may be said of {@link dev.forgetmenot.kit.evaluate.Count counts}: exact tests of paired and
 * unpaired counts, adjustment for many tests, bootstrap over concepts and spread over training
 * seeds. Plain numbers, no model, any thread.
 */
package dev.forgetmenot.evaluation.statistics;
