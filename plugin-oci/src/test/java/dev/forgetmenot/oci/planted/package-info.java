/** Planted for OciArchitectureTest. */
package dev.forgetmenot.oci.planted;
