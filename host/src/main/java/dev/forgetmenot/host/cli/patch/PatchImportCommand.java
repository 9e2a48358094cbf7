package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.Sizes;
import dev.forgetmenot.host.exchange.ImportJob;
import dev.forgetmenot.host.exchange.ImportOrder;
import dev.forgetmenot.host.job.WrittenPatch;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch import}: another tool's file becomes a patch. */
@Command(
    name = "import",
    description = {
      "Make a patch of another tool's file: a LoRA, learned tokens (textual inversion), or "
          + "weights that stand in the place of the base's (ESD, UCE).",
      "All of it is taken over, or nothing."
    },
    mixinStandardHelpOptions = true)
final class PatchImportCommand extends ExchangeCommand {
  @Parameters(paramLabel = "FILE", description = "A .safetensors file.")
  private Path file;

  @Mixin private BaseOptions base;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The .fmnpatch file to write.")
  private Path patch;

  @Mixin private NamingOptions naming;
  @Mixin private FormOptions form;

  @Option(
      names = "--keep-metadata",
      description =
          "Take over what the file says of its training, which can name people and pictures "
              + "(default: leave it out).")
  private boolean keepMetadata;

  PatchImportCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    ImportOrder order =
        new ImportOrder(file, base.path(), patch, naming.naming(), form.form(), keepMetadata);
    say(ImportJob.run(order, context), context);
    return ExitCodes.DONE;
  }

  /** Says what was written. */
  static void say(WrittenPatch written, CommandContext context) {
    context.say("wrote " + written.file() + ", " + Sizes.of(written.size()));
    context.say("patch " + written.id());
  }
}
