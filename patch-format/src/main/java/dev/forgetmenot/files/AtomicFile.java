package dev.forgetmenot.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file beside its place, then moves it there: a reader sees the old file or the new one,
 * never half of it.
 *
 * <p>The temporary file is in the same folder (a move between file systems would be a copy) and is
 * deleted when the content cannot be written, as on a full disk. That of a process that was killed
 * is deleted by a later one, a day after.
 *
 * <p>A link stays: the file that it points to is written. A file that is replaced keeps its
 * permissions where the system has those of POSIX; owner, group and access lists are those of a new
 * file.
 */
public final class AtomicFile {

  /** What is written: the whole content, to a channel that starts at offset 0. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything.
     *
     * @throws IOException when it cannot be written; the target is then left as it was
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /** The same with bytes. */
  public static void write(Path target, byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    write(
        target,
        channel -> {
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
        });
  }

  /**
   * Writes {@code content} to {@code target}, over an older file of that name. The folder must
   * exist.
   *
   * @throws IOException when writing or moving fails; {@code target} is then as it was before
   */
  public static void write(Path target, Content content) throws IOException {
    write(target, content, written -> {});
  }

  /** Looks at what was written. */
  @FunctionalInterface
  public interface Check {
    /**
     * Reads it again.
     *
     * @param written the whole file, not yet in its place
     * @throws IOException when it is not what was meant; the target is then left as it was
     */
    void check(Path written) throws IOException;
  }

  /**
   * The same, with a look at the file before it is moved into its place.
   *
   * @throws IOException when writing, the check or moving fails; {@code target} is then as it was
   *     before
   */
  public static void write(Path target, Content content, Check check) throws IOException {
    Path absolute = PartName.real(target);
    Path folder = absolute.getParent();
    if (folder == null || absolute.getFileName() == null) {
      throw new IOException(
          target + " cannot be written: it has no file name. Name a file in a folder.");
    }
    PartName.sweep(folder);
    // Not createTempFile: its files are private to their owner, a result gets the permissions of
    // any new file.
    Path temporary = PartName.beside(absolute);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        PartName.likeOld(absolute, temporary);
        content.writeTo(channel);
        channel.force(true);
      }
      check.check(temporary);
      move(temporary, absolute);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network file systems: the name still changes only after every byte is on disk.
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
