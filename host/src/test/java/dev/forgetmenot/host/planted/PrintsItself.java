package dev.forgetmenot.host.planted;

/** Planted for ArchitectureTest: only the command line prints. */
final class PrintsItself {
  void print() {
    System.out.println();
  }
}
