/** Registries that are right, that lie and that are real. */
package dev.forgetmenot.oci;
