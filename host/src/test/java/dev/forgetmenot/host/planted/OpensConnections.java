package dev.forgetmenot.host.planted;

import java.net.http.HttpClient;

/** Planted for ArchitectureTest: one module speaks to other machines. */
@SuppressWarnings("unused") // its type is what counts
final class OpensConnections {
  private HttpClient field;
}
