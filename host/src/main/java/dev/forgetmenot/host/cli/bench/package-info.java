/** {@code fmn bench}: where the benchmarks are. */
package dev.forgetmenot.host.cli.bench;
