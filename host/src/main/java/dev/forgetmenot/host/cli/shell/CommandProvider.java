package dev.forgetmenot.host.cli.shell;

/**
 * Brings commands of a jar that the program may be shipped without. Found by {@link
 * java.util.ServiceLoader}; needs a public constructor without parameters.
 */
@FunctionalInterface
public interface CommandProvider {
  /** Adds its commands. */
  void addTo(Subcommands commands);
}
