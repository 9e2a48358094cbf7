package dev.forgetmenot.editing;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Sha256;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * The pictures that an editor trains on, all of the model's own size.
 *
 * @param pictures none where an editor needs none
 * @param digests SHA-256 of each picture's file, or of its pixels when the model drew it, hex
 * @param stems names of the files without their endings; empty texts when the model drew them
 * @param masks of each picture, where it has one
 */
public record TrainingPictures(
    List<Picture> pictures,
    List<String> digests,
    List<String> stems,
    List<Optional<PixelMask>> masks) {
  private static final String MASK = ".mask.png";

  /** Where the square is cut from a picture that is none. */
  public enum Crop {
    /** From the middle. */
    CENTRE,
    /** From anywhere, by the seed and the picture's number. */
    RANDOM
  }

  /** Copies the lists. */
  public TrainingPictures {
    pictures = List.copyOf(pictures);
    digests = List.copyOf(digests);
    stems = List.copyOf(stems);
    masks = List.copyOf(masks);
  }

  /** No picture. */
  public static TrainingPictures none() {
    return new TrainingPictures(List.of(), List.of(), List.of(), List.of());
  }

  /**
   * Reads every picture of a folder, in the order of the names: the shorter side is brought to the
   * model's size, then a square is cut out. What is transparent becomes white. A grey picture
   * {@code NAME.mask.png} beside the picture {@code NAME.ending} is its mask: white counts, black
   * does not.
   *
   * @param size height and width of the result in pixels
   * @throws IOException if there is no picture, one cannot be read, or a mask belongs to none; the
   *     message names the file
   */
  public static TrainingPictures read(Path folder, int size, Crop crop, long seed)
      throws IOException {
    List<Path> files = files(folder);
    List<Picture> pictures = new ArrayList<>();
    List<String> digests = new ArrayList<>();
    List<String> stems = new ArrayList<>();
    List<Optional<PixelMask>> masks = new ArrayList<>();
    for (Path file : files) {
      long cropSeed = seed + pictures.size();
      byte[] bytes = Files.readAllBytes(file);
      Picture picture = decode(file, bytes);
      masks.add(mask(file, picture, size, crop, cropSeed));
      pictures.add(square(picture, size, crop, cropSeed));
      digests.add(Sha256.hex(bytes));
      stems.add(stem(file));
    }
    checkMasks(folder, stems);
    return new TrainingPictures(pictures, digests, stems, masks);
  }

  private static void checkMasks(Path folder, List<String> stems) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path mask : entries.filter(TrainingPictures::isMask).sorted().toList()) {
        String name = mask.getFileName().toString();
        if (!stems.contains(name.substring(0, name.length() - MASK.length()))) {
          throw new IOException(mask + " is the mask of no picture here: rename it or take it out");
        }
      }
    }
  }

  private static boolean isMask(Path file) {
    return file.getFileName().toString().endsWith(MASK);
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static Optional<PixelMask> mask(
      Path file, Picture picture, int size, Crop crop, long seed) throws IOException {
    Path beside = file.resolveSibling(stem(file) + MASK);
    if (!Files.exists(beside)) {
      return Optional.empty();
    }
    Picture mask = decode(beside, Files.readAllBytes(beside));
    if (mask.width() != picture.width() || mask.height() != picture.height()) {
      throw new IOException(
          beside
              + " is "
              + mask.width()
              + " × "
              + mask.height()
              + " pixels, but its picture is "
              + picture.width()
              + " × "
              + picture.height()
              + "; draw the mask on the picture itself");
    }
    return Optional.of(PixelMask.of(square(mask, size, crop, seed)));
  }

  /** Lets the model draw the pictures itself; picture i has the seed {@code seed + i}. */
  public static TrainingPictures draw(DiffusionModel model, String prompt, int count, long seed) {
    return of(model.generate(GenerationRequest.of(prompt).seeds(seed, count)));
  }

  /** Pictures that the model drew. */
  public static TrainingPictures of(List<Picture> pictures) {
    int count = pictures.size();
    return new TrainingPictures(
        pictures,
        pictures.stream().map(picture -> Sha256.hex(picture.rgb())).toList(),
        Collections.nCopies(count, ""),
        Collections.nCopies(count, Optional.empty()));
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder; give the folder that holds the pictures");
    }
    Set<String> known =
        Arrays.stream(ImageIO.getReaderFileSuffixes())
            .map(suffix -> suffix.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files =
          entries
              .filter(file -> known.contains(suffix(file)))
              .filter(file -> !isMask(file))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new IOException(
            folder + " holds no picture; known endings are " + known.stream().sorted().toList());
      }
      return files;
    }
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static Picture decode(Path file, byte[] bytes) throws IOException {
    BufferedImage image;
    try {
      image = ImageIO.read(new ByteArrayInputStream(bytes));
    } catch (IOException | RuntimeException e) {
      throw new IOException(file + " cannot be read as a picture: " + e.getMessage(), e);
    }
    if (image == null) {
      throw new IOException(file + " is no picture, whatever its name says; take it out");
    }
    int width = image.getWidth();
    int height = image.getHeight();
    int[] argb = image.getRGB(0, 0, width, height, null, 0, width);
    byte[] rgb = new byte[argb.length * 3];
    for (int i = 0; i < argb.length; i++) {
      int alpha = argb[i] >>> 24;
      for (int c = 0; c < 3; c++) {
        int value = argb[i] >> (16 - 8 * c) & 0xff;
        rgb[3 * i + c] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
    return new Picture(width, height, rgb);
  }

  private static Picture square(Picture picture, int size, Crop crop, long seed) {
    double scale = (double) size / Math.min(picture.width(), picture.height());
    int width = Math.max(size, (int) Math.round(picture.width() * scale));
    int height = Math.max(size, (int) Math.round(picture.height() * scale));
    Picture resized = Resizing.resize(picture, width, height);
    SplittableRandom random = new SplittableRandom(seed);
    boolean middle = crop == Crop.CENTRE;
    int left = middle ? (width - size) / 2 : random.nextInt(width - size + 1);
    int top = middle ? (height - size) / 2 : random.nextInt(height - size + 1);
    byte[] rgb = new byte[size * size * 3];
    for (int row = 0; row < size; row++) {
      System.arraycopy(
          resized.rgb(), ((top + row) * width + left) * 3, rgb, row * size * 3, size * 3);
    }
    return new Picture(size, size, rgb);
  }
}
