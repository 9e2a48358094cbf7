package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.ManifestRewriter;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PromptGate;
import dev.forgetmenot.patching.gate.PromptSimilarity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch gate}: lets the strength of a patch follow the prompt. */
@Command(
    name = "gate",
    description = {
      "Let the strength of a patch follow how close a prompt is to what the patch is "
          + "about: none at --from or below, full at --to or above.",
      "Writes a new patch, which is not signed."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  fmn patch gate a.fmnpatch --try \"a photo of a canal\" --try \"a lighthouse\"",
      "  fmn patch gate a.fmnpatch --from 0.6 --to 0.8 -o gated.fmnpatch"
    })
final class PatchGateCommand extends ContextCommand {
  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path file;

  @Option(
      names = "--from",
      paramLabel = "COSINE",
      description = "Closeness at which nothing is applied, -1 to 1.")
  private Double from;

  @Option(
      names = "--to",
      paramLabel = "COSINE",
      description = "Closeness at which all is applied, more than --from.")
  private Double to;

  @Option(names = "--off", description = "Take the gate away.")
  private boolean off;

  @Option(
      names = "--try",
      paramLabel = "PROMPT",
      description = "Say how close a prompt is on the model, to choose by; repeatable.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The patch to write.")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  @Mixin private ModelOptions options;

  PatchGateCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (output == null && prompts.isEmpty()) {
      throw new IllegalArgumentException(
          "say what to do: -o with --from and --to (or --off) writes a patch, --try measures");
    }
    Optional<PromptGate> gate = gate();
    if (output != null) {
      overwrite.check(output);
    }
    if (!prompts.isEmpty()) {
      measure(gate);
    }
    if (output != null) {
      Manifest written = ManifestRewriter.gated(file, gate, output);
      context.say(
          "wrote "
              + output
              + ", "
              + written
                  .gate()
                  .map(g -> "with a gate from " + g.from() + " to " + g.to())
                  .orElse("without a gate"));
    }
    return ExitCodes.DONE;
  }

  private Optional<PromptGate> gate() {
    if ((from == null) != (to == null) || (off && from != null)) {
      throw new IllegalArgumentException("a gate needs --from and --to, and --off neither");
    }
    if (output != null && from == null && !off) {
      throw new IllegalArgumentException(
          "a gate needs --from and --to; --try PROMPT says what is close");
    }
    return from == null
        ? Optional.empty()
        : Optional.of(new PromptGate(PromptGate.PROMPT_COSINE, from, to));
  }

  private void measure(Optional<PromptGate> gate) throws IOException {
    try (PatchFile patch = PatchFile.open(file);
        HostPluginManager plugins = options.plugins().start(context.console());
        NamedModel hosted = options.loader(plugins).load(List.of())) {
      List<String> lines =
          hosted
              .model()
              .engine()
              .call(
                  () -> {
                    PromptSimilarity prompt = new PromptSimilarity(hosted.model());
                    return prompts.stream()
                        .map(
                            text ->
                                line(text, prompt.closeness(List.of(text), patch.manifest()), gate))
                        .toList();
                  });
      lines.forEach(context::say);
    }
  }

  private static String line(String prompt, double closeness, Optional<PromptGate> gate) {
    return Message.of(
        "%6.3f%s  %s",
        closeness,
        gate.map(g -> Message.of("  strength x %.3f", g.share(closeness))).orElse(""),
        prompt);
  }
}
