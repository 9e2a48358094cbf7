package dev.forgetmenot.plugin.forget.planted;

import dev.forgetmenot.plugin.correct.planted.OfAnotherPlugin;

/** Planted for ArchitectureTest: each plugin works alone. */
@SuppressWarnings("unused") // its type is what counts
final class UsesAnotherPlugin {
  private OfAnotherPlugin field;
}
