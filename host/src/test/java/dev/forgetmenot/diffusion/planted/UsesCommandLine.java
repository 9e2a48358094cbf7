package dev.forgetmenot.diffusion.planted;

import picocli.CommandLine;

/** Planted for ArchitectureTest: a library has no command line. */
@SuppressWarnings("unused") // its type is what counts
final class UsesCommandLine {
  private CommandLine field;
}
