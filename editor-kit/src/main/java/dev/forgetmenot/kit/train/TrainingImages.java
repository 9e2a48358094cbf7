package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.PillowResize;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.kit.image.ImageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The images that an editor trains on, all of one size.
 *
 * @param images none where an editor needs none
 * @param digests SHA-256 of each image's file, or of its pixels when the model drew it, hex
 * @param stems names of the files without their endings; empty texts when the model drew them
 * @param masks of each image, where it has one
 */
public record TrainingImages(
    List<RgbImage> images,
    List<String> digests,
    List<String> stems,
    List<Optional<PixelMask>> masks) {
  /** Where the square is cut from an image that is none. */
  public enum Crop {
    /** From the middle. */
    CENTRE,
    /** From anywhere, by the seed and the image's number. */
    RANDOM
  }

  /** Copies the lists. */
  public TrainingImages {
    images = List.copyOf(images);
    digests = List.copyOf(digests);
    stems = List.copyOf(stems);
    masks = List.copyOf(masks);
  }

  /** No image. */
  public static TrainingImages none() {
    return new TrainingImages(List.of(), List.of(), List.of(), List.of());
  }

  /**
   * Reads every image of a folder, in the order of the names: the shorter side is brought to the
   * size, then a square is cut out. What {@link ImageFile} says of orientation, colours and
   * transparent parts holds. A grey image {@code NAME.mask.png} beside the image {@code
   * NAME.ending} is its mask: white counts, black does not. What is in the folder and is not used
   * is said.
   *
   * @param size height and width of the result in pixels
   * @param say gets lines about how many images there are and what is left out
   * @throws IOException if there is no image, some cannot be read, or a mask belongs to none; the
   *     message names all such files
   */
  public static TrainingImages read(
      Path folder, int size, Crop crop, long seed, Consumer<String> say) throws IOException {
    TrainingFolder files = TrainingFolder.list(folder);
    List<RgbImage> images = new ArrayList<>();
    List<String> digests = new ArrayList<>();
    List<String> stems = new ArrayList<>();
    List<Optional<PixelMask>> masks = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (Path file : files.images()) {
      long cropSeed = seed + stems.size();
      stems.add(TrainingFolder.stem(file));
      try {
        ImageFile image = ImageFile.read(file);
        Optional<Path> mask = files.mask(file);
        masks.add(
            mask.isPresent()
                ? Optional.of(mask(mask.get(), image, size, crop, cropSeed))
                : Optional.empty());
        images.add(square(image.image(), size, crop, cropSeed));
        digests.add(Sha256.hex(file));
      } catch (IOException e) {
        faults.add(e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new IOException(String.join("\n", faults));
    }
    files.report().forEach(say);
    return new TrainingImages(images, digests, stems, masks);
  }

  private static PixelMask mask(Path file, ImageFile image, int size, Crop crop, long seed)
      throws IOException {
    ImageFile mask = ImageFile.read(file);
    if (mask.width() != image.width() || mask.height() != image.height()) {
      throw new IOException(
          Message.of(
              "%s is %s × %s pixels, but its image is %s × %s; draw the mask on the image itself",
              file, mask.width(), mask.height(), image.width(), image.height()));
    }
    PixelMask weights = PixelMask.of(square(mask.image(), size, crop, seed));
    if (weights.empty()) {
      throw new IOException(
          file + " is black where the image is looked at: nothing counts; paint what counts white");
    }
    return weights;
  }

  /** Lets the model draw the images itself; image i has the seed {@code seed + i}. */
  public static TrainingImages draw(DiffusionModel model, String prompt, int count, long seed) {
    return of(model.generate(GenerationRequest.of(prompt).seeds(seed, count)));
  }

  /** Images that the model drew. */
  public static TrainingImages of(List<RgbImage> images) {
    int count = images.size();
    return new TrainingImages(
        images,
        images.stream().map(image -> Sha256.hex(image.rgb())).toList(),
        Collections.nCopies(count, ""),
        Collections.nCopies(count, Optional.empty()));
  }

  private static RgbImage square(RgbImage image, int size, Crop crop, long seed) {
    double scale = (double) size / Math.min(image.width(), image.height());
    int width = Math.max(size, (int) Math.round(image.width() * scale));
    int height = Math.max(size, (int) Math.round(image.height() * scale));
    RgbImage resized = PillowResize.resize(image, width, height, false);
    SplittableRandom random = new SplittableRandom(seed);
    boolean middle = crop == Crop.CENTRE;
    int left = middle ? (width - size) / 2 : random.nextInt(width - size + 1);
    int top = middle ? (height - size) / 2 : random.nextInt(height - size + 1);
    byte[] rgb = new byte[size * size * 3];
    for (int row = 0; row < size; row++) {
      System.arraycopy(
          resized.rgb(), ((top + row) * width + left) * 3, rgb, row * size * 3, size * 3);
    }
    return new RgbImage(size, size, rgb);
  }
}
