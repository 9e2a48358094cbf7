/** {@code fmn bench}: its commands; what they measure is in {@code dev.forgetmenot.host.bench}. */
package dev.forgetmenot.host.cli.bench;
