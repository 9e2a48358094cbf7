/**
 * A process that is killed while it writes: a file system over the default one that stops at the
 * n-th thing that is written.
 */
package dev.forgetmenot.testkit.crash;
