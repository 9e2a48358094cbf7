/** Planted for StudioArchitectureTest. */
package dev.forgetmenot.studio.planted;
