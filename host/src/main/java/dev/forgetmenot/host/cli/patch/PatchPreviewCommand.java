package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.share.PreviewPng;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.kit.image.ImageFormat;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.ManifestRewriter;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patching.trust.SignedPatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch preview}: images of what a patch does are put into it. */
@Command(
    name = "preview",
    description = {
      "Put an image without a patch and the same with it into the patch.",
      "Writes a new patch, which is not signed: its id is another one. fmn patch inspect --previews"
          + " FOLDER takes images out."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn generate \"a photo of a lighthouse\" --seed 7 -o without",
      "  fmn generate \"a photo of a lighthouse\" --seed 7 -o with --patch a.fmnpatch",
      "  fmn patch preview a.fmnpatch --before without/IMAGE --after with/IMAGE -o b.fmnpatch"
    })
final class PatchPreviewCommand extends FileCommand {
  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file that is not signed.")
  private Path file;

  @Option(
      names = "--before",
      paramLabel = "IMAGE",
      description = "Drawn without the patch; an image file.")
  private Path before;

  @Option(
      names = "--after",
      paramLabel = "IMAGE",
      description = "Drawn with the patch; an image file.")
  private Path after;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What was drawn (default: what a PNG file says of itself).")
  private String prompt;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of both (default: what a PNG file says of itself).")
  private Long seed;

  @Option(
      names = "--strength",
      paramLabel = "S",
      defaultValue = "1",
      description = "The strength of the patch after (default: ${DEFAULT-VALUE}).")
  private double strength;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The patch to write.")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  PatchPreviewCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (before == null && after == null) {
      throw new IllegalArgumentException("there is nothing to add: name --before, --after or both");
    }
    if (!Double.isFinite(strength)) {
      throw new IllegalArgumentException("--strength is a number such as 1, not " + strength);
    }
    overwrite.check(output);
    try (PatchFile patch = PatchFile.open(file)) {
      if (!SignedPatch.of(patch, List.of()).signatures().isEmpty()) {
        throw new IOException(
            file
                + " is signed, and with an image it is another patch, without signatures: add"
                + " images before you sign");
      }
    }
    List<PatchPreview.Image> images = new ArrayList<>();
    if (before != null) {
      images.add(image(PatchPreview.Side.BEFORE, before, 0));
    }
    if (after != null) {
      images.add(image(PatchPreview.Side.AFTER, after, strength));
    }
    Manifest written = ManifestRewriter.previewed(file, images, output);
    context.say("wrote " + output + ", with " + written.previews().size() + " images");
    return ExitCodes.DONE;
  }

  private PatchPreview.Image image(PatchPreview.Side side, Path image, double at)
      throws IOException {
    byte[] png = PreviewPng.of(ImageFile.read(image).image(), PatchPreview.MOST_PIXELS);
    Infotext said =
        Infotext.parse(
            ImageFormat.of(image).equals(Optional.of(ImageFormat.PNG))
                ? ImageFile.text(image, PngFile.KEYWORD).orElse("")
                : "");
    String text = prompt == null ? said.prompt() : prompt;
    if (text.isBlank()) {
      throw missing(image, "of which prompt it is", "--prompt");
    }
    return new PatchPreview.Image(side, text, seed(image, said), at, png);
  }

  private long seed(Path image, Infotext said) throws IOException {
    try {
      long number = seed != null ? seed : said.get("Seed").map(Long::parseLong).orElse(-1L);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // more than 2^63 - 1, or no number: the same as none
    }
    throw missing(image, "by which seed it was drawn, from 0 to 2^63 - 1", "--seed");
  }

  private static IOException missing(Path image, String what, String option) {
    return new IOException(image + " does not say " + what + ": say it by " + option);
  }
}
