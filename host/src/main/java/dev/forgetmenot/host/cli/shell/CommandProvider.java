package dev.forgetmenot.host.cli.shell;

/**
 * Brings commands of a jar that the program may be shipped without. Found by {@link
 * java.util.ServiceLoader} among the jars of {@code lib/}; needs a public constructor without
 * parameters.
 */
public interface CommandProvider {
  /** Adds its commands to {@code fmn}. */
  default void addTo(Subcommands commands) {}

  /** Adds its commands to {@code fmn patch}; asked only when that is named. */
  default void addToPatch(Subcommands commands) {}
}
