/** The program: {@link dev.forgetmenot.host.Fmn} is its only main class. */
package dev.forgetmenot.host;
