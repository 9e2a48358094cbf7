package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.patching.trust.TrustState;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.patching.trust.TrustedKey;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch revoke}: what is not trusted any more. */
@Command(
    name = "revoke",
    description =
        "Refuse a key or a patch from now on, on this machine: by its id, by the file of a "
            + "public key, or by a patch (the patch alone, not who signed it).",
    mixinStandardHelpOptions = true)
final class RevokeCommand extends ContextCommand {
  private static final String ID = "[0-9a-f]{64}";

  @Parameters(
      paramLabel = "KEYID|PATCHID|FILE",
      description = "The id of a key or a patch, or a file that is one.")
  private String what;

  @Option(
      names = "--undo",
      description = "Take a revocation back. A key is not trusted by that, only unknown again.")
  private boolean undo;

  @Mixin private TrustOptions trust;

  RevokeCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    String id = what.matches(ID) ? what : TrustSubject.read(Path.of(what)).id();
    TrustStore store = trust.store();
    if (undo) {
      if (!store.read().isRevoked(id)) {
        throw new IllegalArgumentException(id + " is not revoked");
      }
      store.update(records -> records.restore(id));
      context.say(id + " is not revoked any more");
      return ExitCodes.DONE;
    }
    TrustState after = store.update(records -> records.revoke(id, TrustStore.now()));
    TrustedKey key = after.keys().get(id);
    context.say(
        key == null
            ? "revoked " + id
            : "revoked the key " + id + " (" + key.label() + "): its signatures count for nothing");
    return ExitCodes.DONE;
  }
}
