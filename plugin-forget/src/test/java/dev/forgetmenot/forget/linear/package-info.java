/** The solved erasers on the embedded model. */
package dev.forgetmenot.forget.linear;
