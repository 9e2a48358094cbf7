/**
 * JMH benchmarks of what takes the program's time. The model is the embedded one, or the folder in
 * the system property {@code fmn.bench.model}; stacks and solves have Stable Diffusion 1.5's sizes
 * with random values.
 */
package dev.forgetmenot.benchmarks;
