package dev.forgetmenot.patch.planted;

import dev.forgetmenot.patching.trust.TrustStore;

/** Planted for ArchitectureTest: a patch knows no user. */
@SuppressWarnings("unused") // its type is what counts
final class PatchUsesPatching {
  private TrustStore field;
}
