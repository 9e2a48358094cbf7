package dev.forgetmenot.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a folder beside its place, then moves it there: a reader sees the old folder or the new
 * one, never half of it.
 *
 * <p>Where an older folder is replaced, it is moved aside first, and for a moment there is none of
 * that name: a process that ends there leaves both beside it, complete, and {@link #recover} puts
 * the old one back. A process that is killed while it writes leaves a hidden folder {@code
 * .NAME.ID.part}, which a later one deletes, a day after.
 *
 * <p>A link stays: the folder that it points to is written. A folder that is replaced keeps its
 * permissions where the system has those of POSIX.
 */
public final class AtomicFolder {
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
    recover(target);
    Path absolute = PartName.real(target.toAbsolutePath().normalize());
    Path above = absolute.getParent();
    if (above == null || absolute.getFileName() == null) {
      throw new IOException(target + " cannot be written: name a folder in a folder");
    }
    check(absolute, overwrite);
    PartName.sweep(above);
    Path part = PartName.beside(absolute);
    try {
      Files.createDirectory(part);
      PartName.likeOld(absolute, part);
      content.writeTo(part);
      check(absolute, overwrite);
      place(part, absolute);
    } finally {
      PartName.delete(part);
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

  /** Deletes a folder with all that is in it, if it is there; what links point to stays. */
  public static void delete(Path folder) throws IOException {
    PartName.delete(folder);
  }

  /** Puts back a folder that a process moved aside and did not replace any more. */
  public static void recover(Path target) throws IOException {
    Path absolute = PartName.real(target.toAbsolutePath().normalize());
    Path above = absolute.getParent();
    if (Files.exists(absolute) || above == null || !Files.isDirectory(above)) {
      return;
    }
    Pattern name = PartName.aside(absolute, OLD);
    List<Path> aside;
    try (Stream<Path> entries = Files.list(above)) {
      aside =
          entries
              .filter(entry -> name.matcher(String.valueOf(entry.getFileName())).matches())
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
    Path old = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + OLD);
    Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    PartName.delete(old);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
