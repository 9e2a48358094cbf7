/** What every command of the command line shares: the console, stopping, options, exit codes. */
package dev.forgetmenot.host.cli.shell;
