package dev.forgetmenot.trust.planted;

import dev.forgetmenot.api.model.BaseModel;

/** Planted for ArchitectureTest: trust knows no model. */
@SuppressWarnings("unused") // its type is what counts
final class TrustUsesApi {
  private BaseModel field;
}
