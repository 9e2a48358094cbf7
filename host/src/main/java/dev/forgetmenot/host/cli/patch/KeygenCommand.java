package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.patching.trust.TrustedKey;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn patch keygen}: a new key to sign by. */
@Command(
    name = "keygen",
    description = {
      "Make a key to sign patches by: the private key in KEY, the public key in KEY.pub.",
      "Files that are there are never overwritten."
    },
    mixinStandardHelpOptions = true)
final class KeygenCommand extends ContextCommand {
  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "KEY",
      description = "The file of the private key.")
  private Path output;

  @Option(
      names = "--label",
      paramLabel = "TEXT",
      description = "Also trust the key on this machine, under this name.")
  private String label;

  @Mixin private TrustOptions trust;

  KeygenCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    SigningKey key = SigningKey.generate();
    if (label == null) {
      write(key);
    } else {
      TrustedKey own = new TrustedKey(key.verification(), label, TrustStore.now(), false);
      write(key);
      trust.store().update(records -> records.with(own));
      context.say("trusted as " + label);
    }
    return ExitCodes.DONE;
  }

  private void write(SigningKey key) throws IOException {
    KeyFile.write(output, key);
    context.say("wrote " + output + ", the private key: keep it secret and back it up");
    context.say("wrote " + KeyFile.publicOf(output) + ", the public key: give it to everyone");
    context.say("key id " + key.verification().id() + ": publish it where others can compare it");
  }
}
