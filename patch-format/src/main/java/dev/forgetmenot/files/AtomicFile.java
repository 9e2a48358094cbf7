package dev.forgetmenot.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file beside its place, then moves it there: a reader sees the old file or the new one,
 * never half of it.
 *
 * <p>The temporary file is in the same folder (a move between file systems would be a copy) and is
 * deleted when the content cannot be written, as on a full disk.
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
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    Path name = absolute.getFileName();
    if (folder == null || name == null) {
      throw new IOException(
          target + " cannot be written: it has no file name. Name a file in a folder.");
    }
    // Not createTempFile: its files are private to their owner, a result gets the permissions of
    // any new file.
    Path temporary = folder.resolve("." + name + "." + UUID.randomUUID() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(channel);
        channel.force(true);
      }
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
