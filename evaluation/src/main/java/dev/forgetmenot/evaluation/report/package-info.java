/**
 * The report of an evaluation: what it holds, its verdicts, and its files ({@code report.json},
 * {@code report.html}, {@code results.csv}, {@code measures.csv}). Plain data, no model, any
 * thread.
 */
package dev.forgetmenot.evaluation.report;
