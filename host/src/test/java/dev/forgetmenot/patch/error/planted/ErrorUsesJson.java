package dev.forgetmenot.patch.error.planted;

import dev.forgetmenot.patch.json.StrictJson;

/** Planted for ArchitectureTest: errors know nothing of what is read. */
@SuppressWarnings("unused") // its type is what counts
final class ErrorUsesJson {
  private StrictJson field;
}
