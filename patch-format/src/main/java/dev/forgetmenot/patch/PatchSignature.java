package dev.forgetmenot.patch;

import dev.forgetmenot.keys.VerificationKey;

/**
 * A signature of a patch: it is right for its own key. Whose key that is, is not said here.
 *
 * @param key the public key that came with it
 * @param sig the 64 bytes, base64
 */
public record PatchSignature(VerificationKey key, String sig) {}
