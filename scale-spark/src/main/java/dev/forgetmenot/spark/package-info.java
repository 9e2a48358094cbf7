/**
 * Evaluations on an Apache Spark cluster: a plan's work units are drawn by the executors, one
 * engine in each, and come back as the part that {@code fmn evaluate merge} measures.
 */
package dev.forgetmenot.spark;
