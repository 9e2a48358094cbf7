/** The solved erasers on the embedded model. */
package dev.forgetmenot.plugin.forget.linear;
