/** The server as a command of the program: {@code fmn serve}. */
package dev.forgetmenot.studio;
