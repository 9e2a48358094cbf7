package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.PatchTrustOptions;
import dev.forgetmenot.host.cli.shell.ReadingArguments;
import dev.forgetmenot.host.share.CardJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch card}: a folder for the Hugging Face Hub. */
@Command(
    name = "card",
    description = {
      "Write a folder that can be uploaded to the Hugging Face Hub as it is: a model card, the"
          + " patch, its images, and its LoRA where that is the patch exactly.",
      "The card says what the patch says of itself. Nothing is uploaded."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn patch card a.fmnpatch -o a-card --model sd15 --base-model OWNER/NAME"
    })
final class PatchCardCommand extends FileCommand {
  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path patch;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      required = true,
      description = "The folder to write.")
  private Path folder;

  @Option(
      names = "--base-model",
      paramLabel = "OWNER/NAME",
      description = "The base on the Hub, which only you can know (default: the card names none).")
  private String baseModel;

  @Option(
      names = "--model",
      paramLabel = "PATH",
      description =
          "The base's files, a folder or checkpoint: closed forms and projectors become a LoRA of"
              + " it (default: they get none).")
  private Path model;

  @Mixin private ReadingArguments reading;
  @Mixin private OverwriteOption overwrite;
  @Mixin private PatchTrustOptions trust;

  PatchCardCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    CardJob job =
        new CardJob(
            patch,
            Optional.ofNullable(baseModel),
            Optional.ofNullable(model),
            reading.options(),
            context);
    trust.trust(context.console()).open(List.of(new PatchRequest(patch, 1))).close();
    job.write(folder, overwrite.isGiven());
    return ExitCodes.DONE;
  }
}
