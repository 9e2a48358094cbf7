package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.patching.trust.TrustState;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.patching.trust.UnsignedPolicy;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fmn patch policy}: what is done with patches that no trusted key signed. */
@Command(
    name = "policy",
    description = {
      "Say or set what is done with patches that are not signed by a key you trust.",
      "What was revoked, and a patch that is not from the key that its name is bound to, "
          + "is refused in any case."
    },
    mixinStandardHelpOptions = true)
final class PolicyCommand extends ContextCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "POLICY",
      description = "refuse, warn (at first) or allow.")
  private UnsignedPolicy policy;

  @Mixin private TrustOptions trust;

  PolicyCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    TrustStore store = trust.store();
    TrustState records =
        policy == null ? store.read() : store.update(before -> before.with(policy));
    context.say(records.unsigned().word());
    return ExitCodes.DONE;
  }
}
