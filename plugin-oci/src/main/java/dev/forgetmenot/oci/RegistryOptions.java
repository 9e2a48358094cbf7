package dev.forgetmenot.oci;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a registry is spoken to, and as whom. */
final class RegistryOptions {
  private static final int LONGEST = 64 << 10;

  @Option(
      names = "--plain-http",
      description = "Speak HTTP to the registry; to one on this machine that is so in any case.")
  private boolean plainHttp;

  @Option(
      names = "--username",
      paramLabel = "NAME",
      description = {
        "The user; without it one whose password docker login or oras login left in config.json,"
            + " or a guest."
      })
  private String username;

  @Option(
      names = "--password-stdin",
      description = "Read the password or token of --username from standard input.")
  private boolean passwordStdin;

  /** The program looks for the word itself, before a command is made. */
  @Option(names = PluginOptions.VERBOSE, description = "Stack traces of errors.")
  void verbose(boolean on) {}

  /**
   * The registry of a reference.
   *
   * @param actions as of {@link Registry}
   * @throws IllegalArgumentException if the options do not fit together
   */
  Registry registry(Reference reference, String actions, JobContext context) throws IOException {
    Origin origin = reference.origin(plainHttp);
    return new Registry(
        reference, origin, actions, credentials(reference, origin), context, Patience.USUAL);
  }

  private Optional<Credentials> credentials(Reference reference, Origin origin) throws IOException {
    if ((username != null) != passwordStdin) {
      throw new IllegalArgumentException(
          "--username and --password-stdin go together: the password is read from standard input,"
              + " so that no list of processes shows it");
    }
    if (username == null) {
      return origin.isPrivate()
          ? DockerConfig.ofUser(System.getenv(), System.getProperty("user.home"))
              .of(reference.registry())
          : Optional.empty();
    }
    if (!origin.isPrivate()) {
      throw new IllegalArgumentException(
          "a password is not sent to " + origin + ": leave out --plain-http, or --username");
    }
    if (username.isEmpty() || username.contains(":")) {
      throw new IllegalArgumentException("--username is empty or has a colon; a user has neither");
    }
    byte[] bytes = System.in.readNBytes(LONGEST);
    String password = new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
    if (password.isEmpty() || bytes.length == LONGEST) {
      throw new IllegalArgumentException(
          "standard input has no password, or more than 64 KiB: give it as in"
              + " 'fmn patch push ... --password-stdin < FILE'");
    }
    return Optional.of(new Credentials(username, password));
  }
}
