/**
 * Patches in OCI registries: {@code fmn patch push} and {@code fmn patch pull}, by the calls of the
 * OCI distribution specification 1.1. All that a registry answers is bounded in size and time and
 * compared with its digest; credentials go to the registry that the user named and to its own site.
 */
package dev.forgetmenot.oci;
