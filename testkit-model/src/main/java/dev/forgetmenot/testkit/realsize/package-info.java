/**
 * Model folders of published sizes with random weights, and the program that runs every command on
 * them, measures time and memory, breaks the commands off and writes docs/real-size.md. Started by
 * {@code ./fmn-real-size}; no part of the normal tests.
 */
package dev.forgetmenot.testkit.realsize;
