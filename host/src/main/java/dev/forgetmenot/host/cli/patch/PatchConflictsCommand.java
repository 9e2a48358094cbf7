package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.Conflicts;
import dev.forgetmenot.patching.stack.PatchStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn patch conflicts}: how patches meet. */
@Command(
    name = "conflicts",
    description =
        "Measure how patches meet: the cosine of what they add, the overlap of what they "
            + "read, what remains of each erasure beside the others, and how far the whole stack "
            + "moves the model.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  fmn patch conflicts a.fmnpatch b.fmnpatch:0.5 --png meet.png"})
final class PatchConflictsCommand extends ContextCommand {
  @Mixin private StackArguments patches;

  @Option(
      names = "--png",
      paramLabel = "FILE",
      description = "Also draw the numbers as a heat map.")
  private Path png;

  @Option(
      names = "--json",
      description = "Print everything as JSON, with every weight that two patches share.")
  private boolean json;

  @Mixin private OverwriteOption overwrite;

  @Mixin private ModelOptions options;

  PatchConflictsCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (png != null) {
      overwrite.check(png);
    }
    Path folder = options.folder();
    List<PatchRequest> requests = patches.requests(folder);
    ConflictReport report;
    try (ModelOnDisk model = ModelOnDisk.open(folder, options.reading());
        PatchStack stack = PatchStack.open(requests)) {
      report = Conflicts.of(stack, model.base());
    }
    if (json) {
      context.console().sayText(ConflictJson.of(report));
    } else {
      new ConflictTable(report).lines().forEach(context::say);
    }
    if (png != null) {
      PngFile.write(png, ConflictImage.of(report).draw(), "");
      context.console().note("wrote " + png);
    }
    return ExitCodes.DONE;
  }
}
