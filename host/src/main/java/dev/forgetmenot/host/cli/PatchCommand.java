package dev.forgetmenot.host.cli;

import dev.forgetmenot.patch.PatchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn patch}: what is done with patch files. */
@Command(
    name = "patch",
    description = "Look at patches.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "inspect")
final class PatchCommand implements Runnable {
  private static final String MANIFEST = "manifest.json";

  private final CommandContext context;

  @Spec private CommandSpec spec;

  PatchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "what about a patch? inspect");
  }

  @Command(
      name = "inspect",
      description = {
        "Check a patch and say what it changes, for whom, how much, on which base, and how it was",
        "made."
      },
      mixinStandardHelpOptions = true)
  int inspect(
      @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.") Path file,
      @Option(names = "--json", description = "Print the manifest as it is in the file.")
          boolean json,
      @Option(
              names = CommandLineProgram.VERBOSE,
              description = "Also the digests of every entry and tensor; stack traces of errors.")
          boolean verbose)
      throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      if (json) {
        context.say(new String(patch.content(MANIFEST), StandardCharsets.UTF_8));
      } else {
        new PatchReport(patch, verbose).lines().forEach(context::say);
      }
    }
    return CommandLineProgram.DONE;
  }
}
