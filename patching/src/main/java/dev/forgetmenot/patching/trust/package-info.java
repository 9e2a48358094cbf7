/** Whom the user trusts: patches are verified before they are used. */
package dev.forgetmenot.patching.trust;
