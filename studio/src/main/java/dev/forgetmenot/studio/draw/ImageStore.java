package dev.forgetmenot.studio.draw;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.host.generate.RecordedSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The images of one folder, {@code ID.png} with {@code ID.json} beside it, which is written last.
 * Any thread.
 */
public final class ImageStore {
  private static final String JSON = ".json";

  private final Path folder;
  private final NavigableMap<String, StoredImage> images = new TreeMap<>();
  private final List<Consumer<StoredImage>> listeners = new CopyOnWriteArrayList<>();

  /**
   * The images that a folder has.
   *
   * @throws IOException if one cannot be read
   */
  public ImageStore(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(one -> one.toString().endsWith(JSON)).toList()) {
        StoredImage image = StoredImage.of(JsonText.object(file));
        images.put(image.id(), image);
      }
    }
  }

  /** Is told of each image that is kept, on the thread that made it. */
  public void listen(Consumer<StoredImage> listener) {
    listeners.add(listener);
  }

  /** Writes an image. */
  StoredImage add(RgbImage image, String job, long seed, String infotext) throws IOException {
    String id = UlidCreator.getMonotonicUlid().toString();
    StoredImage stored = new StoredImage(id, job, seed, image.width(), image.height(), infotext);
    PngFile.write(png(id), image, infotext);
    AtomicFile.write(
        folder.resolve(id + JSON), stored.json().toString().getBytes(StandardCharsets.UTF_8));
    synchronized (images) {
      images.put(id, stored);
    }
    listeners.forEach(listener -> listener.accept(stored));
    return stored;
  }

  /** Keeps an image that was sent, with the seed that its text names, if it does. */
  StoredImage addSent(RgbImage image, String infotext) throws IOException {
    long seed = 0;
    try {
      seed = RecordedSettings.of("the image", infotext).seed().orElse(0L);
    } catch (IllegalArgumentException e) {
      // another program's text
    }
    return add(image, "", seed, infotext);
  }

  private Path png(String id) {
    return folder.resolve(id + ".png");
  }

  /** An image by its id. */
  public Optional<StoredImage> image(String id) {
    synchronized (images) {
      return Optional.ofNullable(images.get(id));
    }
  }

  /**
   * The bytes of the PNG file of an image that {@link #image} knows.
   *
   * @throws IOException if it cannot be read, or is a link
   */
  public byte[] bytes(String id) throws IOException {
    try (var in = Files.newInputStream(png(id), LinkOption.NOFOLLOW_LINKS)) {
      return in.readAllBytes();
    }
  }

  /**
   * Images, the newest first.
   *
   * @param before an id: only older ones; empty for the newest
   * @param limit how many at most
   */
  public List<StoredImage> list(Optional<String> before, int limit) {
    synchronized (images) {
      NavigableMap<String, StoredImage> older =
          before.map(id -> images.headMap(id, false)).orElse(images);
      return older.descendingMap().values().stream().limit(limit).toList();
    }
  }

  /** Removes an image; false if there is none. */
  public boolean remove(String id) throws IOException {
    synchronized (images) {
      if (images.remove(id) == null) {
        return false;
      }
    }
    Files.deleteIfExists(folder.resolve(id + JSON));
    Files.deleteIfExists(png(id));
    return true;
  }
}
