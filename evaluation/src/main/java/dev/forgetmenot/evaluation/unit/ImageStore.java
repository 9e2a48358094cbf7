package dev.forgetmenot.evaluation.unit;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.kit.image.ImageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Images by what they are of: {@code objects/} holds files by the digest of their bytes, {@code
 * index/} has one small file for each unit, named by its key, with the digest of its image, and
 * {@code results/} keeps what evaluators computed that is no image. Files are written beside and
 * moved into place, so a killed run leaves whole images or none, and several processes may share a
 * store.
 */
public final class ImageStore {
  private static final int DIGITS = 64;
  private static final String RESULTS = "results";

  private final Path root;

  /**
   * A store in a folder, which is made when the first image comes.
   *
   * @param root the folder
   */
  public ImageStore(Path root) {
    this.root = root;
  }

  /**
   * The image of a unit.
   *
   * @param key of the unit
   * @return its file, empty if it was not made yet or its file is gone
   * @throws IOException if an index file cannot be read or holds no digest
   */
  public Optional<Path> find(String key) throws IOException {
    Path index = place("index", key);
    if (!Files.exists(index)) {
      return Optional.empty();
    }
    return Optional.of(place("objects", digest(index))).filter(Files::exists);
  }

  /**
   * The pixels of the image of a unit.
   *
   * @throws IOException if it was not made yet, its file is gone, or it cannot be read
   */
  public RgbImage image(String key) throws IOException {
    Optional<Path> file = find(key);
    if (file.isEmpty()) {
      throw new IOException(
          Message.of(
              "the image of the unit %s is not in the store %s: run the evaluation again, which makes it",
              key, root));
    }
    return ImageFile.read(file.get()).image();
  }

  /** Where embeddings of images are kept. */
  public Path embeddings() {
    return root.resolve("embeddings");
  }

  /** Where the speeds of drawings are remembered. */
  public Path speeds() {
    return root.resolve("speeds");
  }

  /**
   * A folder of results that are no images, which is made.
   *
   * @param name of a file name's characters
   */
  public Path results(String name) throws IOException {
    return Files.createDirectories(root.resolve(RESULTS).resolve(name));
  }

  /**
   * Keeps the image of a unit.
   *
   * @param key of the unit
   * @param image the bytes of its file
   * @return its file
   * @throws ConflictingImage if the unit has another image already
   * @throws IOException if it cannot be written
   */
  public Path put(String key, byte[] image) throws IOException {
    String digest = Sha256.hex(image);
    Path index = place("index", key);
    if (Files.exists(index) && !digest(index).equals(digest)) {
      throw new ConflictingImage(key, digest(index), digest);
    }
    Path object = place("objects", digest);
    if (!Files.exists(object)) {
      Files.createDirectories(object.getParent());
      AtomicFile.write(object, image);
    }
    Files.createDirectories(index.getParent());
    AtomicFile.write(index, digest.getBytes(StandardCharsets.US_ASCII));
    return object;
  }

  /**
   * Takes all images of another store.
   *
   * @param other a store of the same or of other units
   * @return how many units this store did not have
   * @throws ConflictingImage if both have a unit with two images: a computation that does not
   *     repeat
   * @throws IOException if it cannot be read or written, or if an image is not what its name says
   */
  public int add(ImageStore other) throws IOException {
    addResults(other.root.resolve(RESULTS), root.resolve(RESULTS));
    if (!Files.isDirectory(other.root.resolve("index"))) {
      return 0;
    }
    int added = 0;
    try (Stream<Path> files = Files.walk(other.root.resolve("index"))) {
      for (Path index : (Iterable<Path>) files.filter(ImageStore::isKey).sorted()::iterator) {
        Path object = other.place("objects", digest(index));
        byte[] image = Files.readAllBytes(object);
        if (!Sha256.hex(image).equals(digest(index))) {
          throw new IOException(
              object + " is damaged: its digest is not its name; delete it and run its part again");
        }
        String key = index.getFileName().toString();
        added += find(key).isPresent() ? 0 : 1;
        put(key, image);
      }
    }
    return added;
  }

  /** Files that are there already must be the same. */
  private static void addResults(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
        Path own = to.resolve(from.relativize(file).toString());
        if (Files.notExists(own)) {
          Files.createDirectories(own.getParent());
          AtomicFile.write(own, Files.readAllBytes(file));
        } else if (Files.mismatch(file, own) >= 0) {
          throw new IOException(
              Message.of(
                  "%s and %s are results of the same computation and differ: delete the one that you do not trust",
                  file, own));
        }
      }
    }
  }

  /**
   * Takes the images of units from another store that has them already.
   *
   * @param units those that are wanted
   */
  public void take(ImageStore other, Collection<ImageUnit> units) throws IOException {
    for (ImageUnit unit : units) {
      Optional<Path> there = other.find(unit.key());
      if (there.isPresent() && find(unit.key()).isEmpty()) {
        put(unit.key(), Files.readAllBytes(there.get()));
      }
    }
  }

  private static boolean isKey(Path file) {
    return file.getFileName().toString().length() == DIGITS && Files.isRegularFile(file);
  }

  private Path place(String folder, String name) {
    return root.resolve(folder).resolve(name.substring(0, 2)).resolve(name);
  }

  private static String digest(Path index) throws IOException {
    String digest = Files.readString(index, StandardCharsets.US_ASCII);
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new IOException(
          index + " does not hold the digest of an image; delete it, and the image is made again");
    }
    return digest;
  }
}
