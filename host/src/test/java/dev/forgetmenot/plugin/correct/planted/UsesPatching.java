package dev.forgetmenot.plugin.correct.planted;

import dev.forgetmenot.plugin.patching.planted.OfThePatchPlugin;

/** Planted for ArchitectureTest: each plugin works alone. */
@SuppressWarnings("unused") // its type is what counts
final class UsesPatching {
  private OfThePatchPlugin field;
}
