/**
 * Whom a user trusts: the local list of keys, of what is revoked, and of the key that patches of a
 * name come from; and what that means for a patch, which is verified before it is used. Nothing
 * here uses a network. docs/trust.md says how it is used.
 */
package dev.forgetmenot.patching.trust;
