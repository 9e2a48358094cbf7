package dev.forgetmenot.host.generate;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A folder that results are written into, looked at before long work begins.
 *
 * @param folder an existing folder that can be written to
 */
public record OutputFolder(Path folder) {
  /**
   * Makes the folder if it is missing and tries it.
   *
   * @param bytes about how much will be written
   * @throws IOException if it cannot be made or written to, or the disk is too full
   */
  public static OutputFolder prepare(Path folder, long bytes) throws IOException {
    return prepare(folder, bytes, "-o");
  }

  /**
   * The same for a folder that another option names.
   *
   * @param option of the command, for messages
   */
  public static OutputFolder prepare(Path folder, long bytes, String option) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".fmn-", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          folder + " cannot be written to (" + reason(e) + "): choose another folder by " + option,
          e);
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw new IOException(
          Message.of(
              "the disk of %s is too full: about %s are needed, %s are free",
              folder, ByteSizes.of(bytes), ByteSizes.of(free)));
    }
    return new OutputFolder(folder);
  }

  /** Work that may fail. */
  @FunctionalInterface
  public interface Work<R> {
    R run() throws IOException;
  }

  /**
   * Does work that may make a folder, and takes away what it made of it, which has to be empty.
   *
   * @param folder may be null, for the root
   */
  public static <R> R untouched(Path folder, Work<R> work) throws IOException {
    List<Path> made = new ArrayList<>();
    Path missing = folder;
    while (missing != null && !Files.exists(missing)) {
      made.add(missing);
      missing = missing.getParent();
    }
    try {
      return work.run();
    } finally {
      for (Path one : made) {
        Files.deleteIfExists(one);
      }
    }
  }

  /** The bytes that are free there. */
  public long free() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : e.toString();
  }

  /** The folder of a file that will be written. */
  public static OutputFolder ofFile(Path file, long bytes) throws IOException {
    Path parent = file.toAbsolutePath().normalize().getParent();
    if (parent == null || Files.isDirectory(file)) {
      throw new IOException(file + " is a folder: name a file by -o");
    }
    OutputFolder folder = prepare(parent, bytes);
    tryName(file);
    return folder;
  }

  /** Files are written under a longer name beside their place; a state has a longer one still. */
  private static void tryName(Path file) throws IOException {
    String longest = "." + file.getFileName() + ".checkpoint." + UUID.randomUUID() + ".part";
    Path beside = file.toAbsolutePath().resolveSibling(longest);
    try {
      Files.createFile(beside);
      Files.delete(beside);
    } catch (IOException e) {
      throw new IOException(
          Message.of(
              "a file with the name %s cannot be written there (%s): choose a shorter name by -o",
              file.getFileName(), e.getMessage()),
          e);
    }
  }
}
