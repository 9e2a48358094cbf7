/**
 * More erasers that are solved, not trained: RECE, SPEED, CURE and double projection. The program
 * works without this plugin, but for these methods.
 */
package dev.forgetmenot.plugin.erasers;
