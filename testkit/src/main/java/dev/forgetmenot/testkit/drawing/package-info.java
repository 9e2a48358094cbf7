/** Images that a program draws, for tests and for lists of concepts. */
package dev.forgetmenot.testkit.drawing;
