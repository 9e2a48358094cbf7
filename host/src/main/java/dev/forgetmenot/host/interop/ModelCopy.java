package dev.forgetmenot.host.interop;

import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which files of a model's folder belong into a patched copy of it. Left out is what would be the
 * model without the patches: the same weights in another precision or as a pickle beside those that
 * are read, and checkpoints beside the components.
 *
 * @param files what is copied, from the model's folder
 * @param left what is not
 */
record ModelCopy(List<Path> files, List<Path> left) {
  private static final Set<String> WEIGHTS =
      Set.of("safetensors", "bin", "ckpt", "pt", "pth", "msgpack", "h5", "onnx", "pb");

  /**
   * Looks through a folder.
   *
   * @param root the model's folder
   * @param changed components whose weights change
   * @param read the weight files that the model was read from
   */
  static ModelCopy of(Path root, Set<String> changed, Set<Path> read) throws IOException {
    Set<Path> realRead = new TreeSet<>();
    for (Path file : read) {
      realRead.add(file.toAbsolutePath().normalize());
    }
    List<Path> files = new ArrayList<>();
    List<Path> left = new ArrayList<>();
    List<Path> all;
    try (Stream<Path> entries = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      all = entries.filter(Files::isRegularFile).sorted().toList();
    } catch (UncheckedIOException e) {
      throw unreadable(root, e.getCause());
    } catch (FileSystemLoopException e) {
      throw unreadable(root, e);
    }
    for (Path file : all) {
      Path inside = root.relativize(file);
      boolean component = inside.getNameCount() > 1;
      boolean touched = !component || changed.contains(inside.getName(0).toString());
      boolean isRead = realRead.contains(file.toAbsolutePath().normalize());
      boolean hidden = isHidden(inside);
      boolean patches = component && inside.getName(0).toString().equals("patches");
      boolean others =
          touched
              && !isRead
              && (isWeights(file) || (isIndex(file) && !realRead.containsAll(shards(file))));
      (hidden || patches || others ? left : files).add(inside);
    }
    return new ModelCopy(List.copyOf(files), List.copyOf(left));
  }

  /** What stops a walk: a folder that leads back into itself, or that may not be read. */
  private static IOException unreadable(Path root, IOException e) {
    String why =
        e instanceof FileSystemLoopException
            ? ": a link leads back to a folder that holds it; remove it, or copy the model without"
                + " it: "
            : ": a part of it cannot be read: ";
    return new IOException(root + why + e.getMessage(), e);
  }

  private static boolean isHidden(Path inside) {
    for (Path part : inside) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWeights(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return WEIGHTS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /** What an index names; the file itself if it is of another kind, whose weights are not read. */
  private static Set<Path> shards(Path index) throws IOException {
    Path file = index.toAbsolutePath().normalize();
    try {
      return ShardedSafetensors.shards(file);
    } catch (SafetensorsException e) {
      return Set.of(file);
    }
  }

  private static boolean isIndex(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".index.") && name.endsWith(".json");
  }
}
