/**
 * The command line: what is asked and how it is answered. Exit codes: 0 done, 1 failed, 2 wrong
 * use, 130 stopped by Ctrl-C. The work itself is in the packages beside this one.
 */
package dev.forgetmenot.host.cli;
