package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.library.PatchFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fmn patch list}: the patches that can be named. */
@Command(
    name = "list",
    description = "List the patches in the patches/ folders of a model and of the program.",
    mixinStandardHelpOptions = true)
final class PatchListCommand extends ContextCommand {
  @Mixin private ModelOptions options;

  PatchListCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    PatchFolders folders =
        PatchFolders.of(options.folder(), InstallDirectory.ifKnown().map(InstallDirectory::root));
    List<Path> files = folders.files();
    for (Path file : files) {
      context.say(line(file));
    }
    if (files.isEmpty()) {
      context.say("no patch in " + folders.folders());
    }
    return ExitCodes.DONE;
  }

  private static String line(Path file) throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      Manifest manifest = patch.manifest();
      String concepts =
          manifest.intent().concepts().stream()
              .map(Manifest.IntentConcept::label)
              .collect(Collectors.joining(", "));
      return Message.of(
          "%s  %s@%s, %s %s, %s",
          file,
          manifest.name(),
          manifest.patchVersion(),
          manifest.intent().operation(),
          concepts,
          ByteSizes.of(patch.size()));
    } catch (PatchFormatException e) {
      return file + "  cannot be read: " + e.getMessage();
    }
  }
}
