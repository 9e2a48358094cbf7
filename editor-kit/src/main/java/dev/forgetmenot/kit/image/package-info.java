/**
 * Image files as users bring them: recognised by their content, checked to their end, turned
 * upright, brought to sRGB on white, never larger in memory than a limit.
 */
package dev.forgetmenot.kit.image;
