/** {@code fmn patch}: one class for each thing that is done with patch files. */
package dev.forgetmenot.host.cli.patch;
