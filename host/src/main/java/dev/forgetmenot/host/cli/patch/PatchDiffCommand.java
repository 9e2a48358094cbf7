package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.ReadingArguments;
import dev.forgetmenot.host.interop.DiffJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch diff}: two models become a patch. */
@Command(
    name = "diff",
    description = {
      "Make a patch of what differs between two states of one model: a base and what a "
          + "training or an eraser made of it.",
      "Says what kind of difference it is, and what the patch leaves of it.",
      "A change larger than half of its weight is written too; where the patch is applied it "
          + "needs --force-patches (FMN-308)."
    },
    mixinStandardHelpOptions = true)
final class PatchDiffCommand extends FileCommand {
  @Parameters(index = "0", paramLabel = "BASE", description = "A model folder or checkpoint.")
  private Path base;

  @Parameters(index = "1", paramLabel = "EDITED", description = "The same model, edited.")
  private Path edited;

  @Mixin private ReadingArguments reading;

  @Option(
      names = "--edited-variant",
      paramLabel = "NAME",
      description = "Which weights of EDITED, where they are not those of --variant.")
  private String editedVariant;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The .fmnpatch file to write.")
  private Path patch;

  @Mixin private FormOptions form;
  @Mixin private OverwriteOption overwrite;
  @Mixin private NamingOptions naming;

  PatchDiffCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    overwrite.check(patch);
    DiffJob.Order order =
        new DiffJob.Order(
            base,
            reading.options(),
            edited,
            reading.options().ofVariant(Optional.ofNullable(editedVariant)),
            patch,
            naming.naming(),
            form.form());
    PatchImportCommand.say(DiffJob.run(order, context), context);
    return ExitCodes.DONE;
  }
}
