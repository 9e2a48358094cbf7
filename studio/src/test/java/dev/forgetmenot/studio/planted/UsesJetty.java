package dev.forgetmenot.studio.planted;

import org.eclipse.jetty.server.Server;

/** Planted for StudioArchitectureTest: Jetty is seen in one package. */
@SuppressWarnings("unused") // its type is what counts
final class UsesJetty {
  private Server field;
}
