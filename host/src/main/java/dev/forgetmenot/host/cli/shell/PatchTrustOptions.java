package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.UnsignedPolicy;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that uses patches from outside. */
public final class PatchTrustOptions {
  @Option(
      names = "--unsigned",
      paramLabel = "POLICY",
      description =
          "What to do with patches that no key you trust has signed: refuse, warn or allow "
              + "(default: what fmn patch policy says).")
  private UnsignedPolicy unsigned;

  @Mixin private TrustOptions store;

  /**
   * Who looks at the patches.
   *
   * @param console gets warnings
   */
  public PatchVerifier trust(Console console) {
    return new PatchVerifier(store.store(), Optional.ofNullable(unsigned), console::note);
  }
}
