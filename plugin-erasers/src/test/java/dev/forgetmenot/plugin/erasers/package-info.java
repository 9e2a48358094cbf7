/** The erasers of this plugin on the embedded model. */
package dev.forgetmenot.plugin.erasers;
