package dev.forgetmenot.plugin.erasers.planted;

import dev.forgetmenot.plugin.forget.planted.OfTheForgetPlugin;

/** Planted for ArchitectureTest: each plugin works alone. */
@SuppressWarnings("unused") // its type is what counts
final class UsesForgetting {
  private OfTheForgetPlugin field;
}
