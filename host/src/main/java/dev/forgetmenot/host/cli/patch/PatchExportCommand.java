package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.PatchTrustOptions;
import dev.forgetmenot.host.cli.shell.ReadingArguments;
import dev.forgetmenot.host.interop.ExportJob;
import dev.forgetmenot.host.interop.LoraSidecars;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.patching.lora.LoraNaming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch export}: a patch becomes another tool's file. */
@Command(
    name = "export",
    description = {
      "Write a patch as a LoRA or its tokens as a file of embeddings, for other tools.",
      "A LoRA is exact for factors and, on the base it is made with, for closed forms and "
          + "projectors."
    },
    mixinStandardHelpOptions = true)
final class PatchExportCommand extends FileCommand {
  /** What can be written. */
  enum Form {
    LORA,
    EMBEDDINGS
  }

  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path patch;

  @Option(
      names = "--to",
      paramLabel = "FORM",
      required = true,
      description = "What to write: ${COMPLETION-CANDIDATES}.")
  private Form to;

  @Option(
      names = "--names",
      paramLabel = "NAMES",
      defaultValue = "kohya",
      description =
          "Of a LoRA's tensors: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, which "
              + "A1111, ComfyUI and diffusers read).")
  private LoraNaming names;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "diffusers",
      description = "Of embeddings: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private EmbeddingsFormat format;

  @Option(
      names = "--model",
      paramLabel = "PATH",
      description =
          "The base, a folder or checkpoint; needed for closed forms and projectors, checked "
              + "for all.")
  private Path model;

  @Mixin private ReadingArguments reading;

  @Option(
      names = "--strength",
      paramLabel = "S",
      defaultValue = "1",
      description = "The strength that the LoRA has at 1 (default: ${DEFAULT-VALUE}).")
  private double strength;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Make products of rank N of changes in full, and say what they leave.")
  private Integer rank;

  @Option(
      names = "--full",
      description =
          "Keep changes in full as LyCORIS' .diff and .diff_b, which A1111 and ComfyUI read "
              + "and diffusers does not.")
  private boolean full;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The .safetensors file to write.")
  private Path file;

  @Option(
      names = "--sidecars",
      description =
          "Beside a LoRA x.safetensors also x.json and, of a patch with images, x.preview.png, as"
              + " A1111 shows them; files that are there stay without --overwrite.")
  private boolean sidecars;

  @Mixin private OverwriteOption overwrite;
  @Mixin private PatchTrustOptions trust;

  PatchExportCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (sidecars && to != Form.LORA) {
      throw new IllegalArgumentException(
          "--sidecars are of a LoRA: take --to lora, or leave them out");
    }
    overwrite.check(file);
    try (PatchSet open =
        trust.trust(context.console()).open(List.of(new PatchRequest(patch, strength)))) {
      if (to == Form.EMBEDDINGS) {
        ExportJob.embeddings(open.files().get(0), file, format, context);
      } else {
        lora(open.requests().get(0));
        if (sidecars) {
          new LoraSidecars(file, strength).write(open.files().get(0), overwrite.isGiven(), context);
        }
      }
    }
    return ExitCodes.DONE;
  }

  private void lora(PatchRequest request) throws IOException {
    Optional<DifferenceForm> values =
        rank == null
            ? Optional.empty()
            : Optional.of(
                new DifferenceForm(
                    DifferenceForm.Kind.LOWRANK, OptionalInt.of(rank), OptionalDouble.empty()));
    ExportJob.lora(
        new ExportJob.LoraOrder(
            request, Optional.ofNullable(model), reading.options(), file, names, values, full),
        context);
  }
}
