/** The page of {@code fmn studio} in a browser, as a person uses it. */
package dev.forgetmenot.studio.browser;
