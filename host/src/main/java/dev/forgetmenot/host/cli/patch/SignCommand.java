package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.KeyOption;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSigner;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch sign}: a signature by one's own key. */
@Command(
    name = "sign",
    description = {
      "Sign a patch, in the file or beside it.",
      "Signatures of other keys stay, and so does the id of the patch."
    },
    mixinStandardHelpOptions = true)
final class SignCommand extends ContextCommand {
  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path file;

  @Mixin private KeyOption keyOption;

  @Option(
      names = "--detached",
      description = "Leave the patch as it is and write FILE.sig, or add to it.")
  private boolean detached;

  SignCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    SigningKey key = keyOption.read(context.console());
    Path written = file;
    if (detached) {
      written = PatchSigner.detach(file, key);
    } else {
      PatchSigner.embed(file, key);
    }
    try (PatchFile patch = PatchFile.open(file)) {
      context.say(
          Message.of(
              "signed %s %s, id %s, by the key %s",
              patch.manifest().name(),
              patch.manifest().patchVersion(),
              patch.id(),
              key.verification().id()));
    }
    context.say("wrote " + written);
    return ExitCodes.DONE;
  }
}
