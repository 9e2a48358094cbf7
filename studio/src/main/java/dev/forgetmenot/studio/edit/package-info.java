/** Forgetting and correcting as jobs. */
package dev.forgetmenot.studio.edit;
