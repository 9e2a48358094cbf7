package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.image.ImageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of an image to begin with: image-to-image, and inpainting with a mask. */
final class InitialImageOptions {
  private static final double DENOISING = 0.75;

  @Option(
      names = "--init",
      paramLabel = "IMAGE",
      description = {
        "Begin with this image in place of noise. It is scaled to cover --size and cut to it; without",
        "--size its shorter side becomes the model's own size."
      })
  private Path image;

  @Option(
      names = {"--denoising", "--strength"},
      paramLabel = "SHARE",
      description =
          "How much of the image is drawn anew, above 0 to 1: that share of the steps is taken"
              + " (default: "
              + DENOISING
              + ").")
  private Double denoising;

  @Option(
      names = "--mask",
      paramLabel = "IMAGE",
      description =
          "Draw the image anew where this one, of the same size, is white; keep the rest.")
  private Path mask;

  /**
   * The image that was asked for, in its own size.
   *
   * @param recorded the denoising strength that an image says, where one is drawn again
   * @throws IOException if an image cannot be read, or the mask has another size
   */
  Optional<InitialImage> read(Optional<Double> recorded) throws IOException {
    if (image == null) {
      requireNothingElse();
      return Optional.empty();
    }
    ImageFile file = ImageFile.read(image);
    Optional<RgbImage> masked = Optional.empty();
    if (mask != null) {
      ImageFile other = ImageFile.read(mask);
      if (other.width() != file.width() || other.height() != file.height()) {
        throw new IllegalArgumentException(
            Message.of(
                "--mask %s has %s × %s pixels, but --init %s has %s × %s; draw the mask on the image"
                    + " itself",
                mask, other.width(), other.height(), image, file.width(), file.height()));
      }
      masked = Optional.of(other.image());
    }
    double share = denoising == null ? recorded.orElse(DENOISING) : denoising;
    return Optional.of(new InitialImage(file.image(), share, masked));
  }

  private void requireNothingElse() {
    if (mask != null || denoising != null) {
      throw new IllegalArgumentException(
          (mask == null ? "--denoising" : "--mask")
              + " needs an image to begin with: name one by --init");
    }
  }

  /** What the infotext says of the files. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    if (image != null) {
      facts.put("Init image", String.valueOf(image.getFileName()));
    }
    if (mask != null) {
      facts.put("Mask", String.valueOf(mask.getFileName()));
    }
    return facts;
  }
}
