package dev.forgetmenot.host.planted;

import dev.forgetmenot.plugin.correct.planted.OfAnotherPlugin;

/** Planted for ArchitectureTest: the program finds plugins by their extension points. */
@SuppressWarnings("unused") // its type is what counts
final class UsesPlugin {
  private OfAnotherPlugin field;
}
