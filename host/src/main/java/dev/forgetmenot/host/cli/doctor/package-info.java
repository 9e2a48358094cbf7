/** {@code fmn doctor}: what the program has to work with on this machine. */
package dev.forgetmenot.host.cli.doctor;
