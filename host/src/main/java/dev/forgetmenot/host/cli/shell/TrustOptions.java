package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.patching.trust.TrustStore;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of every command that asks whom the user trusts. */
public final class TrustOptions {
  @Option(
      names = "--trust-store",
      paramLabel = "FILE",
      description = "The list of trusted keys (default: trust.json in the user's settings).")
  private Path file;

  /** The store that was named, or the user's. */
  public TrustStore store() {
    return file == null ? TrustStore.ofUser() : new TrustStore(file);
  }
}
