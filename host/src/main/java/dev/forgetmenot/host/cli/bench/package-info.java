/** {@code fmn bench}: how fast this machine is at what the program does. */
package dev.forgetmenot.host.cli.bench;
