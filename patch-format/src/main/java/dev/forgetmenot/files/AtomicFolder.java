package dev.forgetmenot.files;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes a folder beside its place, then moves it there: a reader sees the old folder or the new
 * one, never half of it.
 *
 * <p>Where an older folder is replaced, it is moved aside first, and for a moment there is none of
 * that name: a process that ends there leaves both beside it, complete, and {@link #recover} puts
 * the old one back. A process that is killed while it writes leaves a hidden folder {@code
 * .NAME.ID.part}, which nobody reads and anybody may delete.
 */
public final class AtomicFolder {
  private static final String PART = ".part";
  private static final String OLD = ".old";

  /** What is written: the whole content, into an empty folder. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything.
     *
     * @throws IOException when it cannot be written; the target is then left as it was
     */
    void writeTo(Path folder) throws IOException;
  }

  private AtomicFolder() {}

  /**
   * Writes {@code content} to {@code target}. The folder above it must exist.
   *
   * @param overwrite whether an older folder that is not empty is replaced
   * @throws FileAlreadyExistsException if there is something that may not be replaced
   * @throws IOException when writing or moving fails; {@code target} is then as it was before
   */
  public static void write(Path target, boolean overwrite, Content content) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path above = absolute.getParent();
    Path name = absolute.getFileName();
    if (above == null || name == null) {
      throw new IOException(target + " cannot be written: name a folder in a folder");
    }
    recover(absolute);
    check(absolute, overwrite);
    Path part = above.resolve("." + name + "." + UUID.randomUUID() + PART);
    try {
      Files.createDirectory(part);
      content.writeTo(part);
      check(absolute, overwrite);
      place(part, absolute);
    } finally {
      delete(part);
    }
  }

  /**
   * Looks whether a folder may be written.
   *
   * @param overwrite whether an older folder that is not empty may be replaced
   * @throws FileAlreadyExistsException if not
   */
  public static void check(Path target, boolean overwrite) throws IOException {
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw new FileAlreadyExistsException(target + " is a file; name another folder");
    }
    if (Files.isDirectory(target) && !overwrite && !isEmpty(target)) {
      throw new FileAlreadyExistsException(
          target + " is there and not empty; name another folder, or replace it (--overwrite)");
    }
  }

  /** Puts back a folder that a process moved aside and did not replace any more. */
  public static void recover(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path above = absolute.getParent();
    if (Files.exists(absolute) || above == null || !Files.isDirectory(above)) {
      return;
    }
    String start = "." + absolute.getFileName() + ".";
    List<Path> aside;
    try (Stream<Path> entries = Files.list(above)) {
      aside =
          entries
              .filter(
                  entry -> {
                    String name = String.valueOf(entry.getFileName());
                    return name.startsWith(start) && name.endsWith(OLD);
                  })
              .toList();
    }
    if (aside.size() == 1) {
      Files.move(aside.get(0), absolute, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void place(Path part, Path target) throws IOException {
    if (!Files.exists(target)) {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    String id = part.getFileName().toString();
    Path old = part.resolveSibling(id.substring(0, id.length() - PART.length()) + OLD);
    Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    delete(old);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> entries = Files.walk(folder)) {
      deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : deepestFirst) {
      try {
        Files.delete(entry);
      } catch (DirectoryNotEmptyException e) {
        throw new IOException(folder + " is written to by somebody else", e);
      }
    }
  }
}
