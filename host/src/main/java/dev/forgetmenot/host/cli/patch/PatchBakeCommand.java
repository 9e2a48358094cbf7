package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.interop.BakeJob;
import dev.forgetmenot.host.interop.BakeRequest;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn patch bake}: a model and patches become a model. */
@Command(
    name = "bake",
    description = {
      "Write a copy of a model with patches in its weights, for tools that know no "
          + "patches: the same files in the same types.",
      "A patch that is baked in cannot be taken off again."
    },
    mixinStandardHelpOptions = true)
final class PatchBakeCommand extends FileCommand {
  @Mixin private BaseOptions base;
  @Mixin private PatchOptions patches;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      required = true,
      description = "The folder to write, or the file where the base is a checkpoint.")
  private Path target;

  @Option(names = "--overwrite", description = "Replace what is there, as a whole.")
  private boolean overwrite;

  PatchBakeCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Path model = base.path();
    try (PatchSet open = patches.open(context.console(), model, patches.recipe())) {
      BakeJob.run(
          new BakeRequest(model, base.reading(), open.requests(), target, overwrite), context);
    }
    return ExitCodes.DONE;
  }
}
