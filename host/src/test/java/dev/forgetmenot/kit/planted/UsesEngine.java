package dev.forgetmenot.kit.planted;

import ai.djl.engine.Engine;

/** Planted for ArchitectureTest: editors make no engine. */
@SuppressWarnings("unused") // its type is what counts
final class UsesEngine {
  private Engine field;
}
