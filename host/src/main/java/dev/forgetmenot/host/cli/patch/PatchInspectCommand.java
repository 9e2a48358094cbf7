package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.patching.trust.TrustState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch inspect}: what a patch is. */
@Command(
    name = "inspect",
    description =
        "Check a patch and say what it changes, for whom, how much, on which base, and how "
            + "it was made.",
    mixinStandardHelpOptions = true)
final class PatchInspectCommand extends ContextCommand {
  private static final String MANIFEST = "manifest.json";

  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path file;

  @Option(names = "--json", description = "Print the manifest as it is in the file.")
  private boolean json;

  @Option(
      names = PluginOptions.VERBOSE,
      description = "Also the digests of every entry and tensor; stack traces of errors.")
  private boolean verbose;

  @Option(
      names = "--previews",
      paramLabel = "FOLDER",
      description =
          "Write the images that are in the patch to a folder; files that are there stay.")
  private Path previews;

  @Mixin private TrustOptions trust;

  PatchInspectCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      if (json) {
        context.console().sayText(new String(patch.content(MANIFEST), StandardCharsets.UTF_8));
      } else {
        new PatchReport(patch, verbose).lines().forEach(context::say);
        SignedPatch signed = SignedPatch.of(patch, List.of());
        TrustState records = trust.store().read();
        new SignatureReport(records, signed).lines().forEach(context::say);
        StatementReport.of(records, signed.path(), signed.id(), List.of())
            .lines()
            .forEach(context::say);
      }
      if (previews != null) {
        write(patch);
      }
    }
    return ExitCodes.DONE;
  }

  private void write(PatchFile patch) throws IOException {
    Map<Path, String> files = new LinkedHashMap<>();
    for (PatchPreview preview : patch.manifest().previews()) {
      Path image = previews.resolve(Path.of(preview.entry()).getFileName());
      files.put(image, preview.entry());
      if (Files.exists(image, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(image + " exists already: name another folder by --previews");
      }
    }
    Files.createDirectories(previews);
    for (Map.Entry<Path, String> file : files.entrySet()) {
      AtomicFile.write(file.getKey(), patch.content(file.getValue()));
      context.console().note("wrote " + file.getKey());
    }
    if (files.isEmpty()) {
      context.console().note("the patch has no images");
    }
  }
}
