/**
 * Ed25519 keys: which ones are taken, how they sign, how they lie in files. The signing itself is
 * the JDK's; what the JDK would let through (small groups, second encodings) is refused here.
 */
package dev.forgetmenot.keys;
