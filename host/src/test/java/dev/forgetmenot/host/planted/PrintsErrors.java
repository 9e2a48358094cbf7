package dev.forgetmenot.host.planted;

/** Planted for ArchitectureTest: only the command line prints. */
final class PrintsErrors {
  void print() {
    System.err.println();
  }
}
