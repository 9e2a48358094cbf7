package dev.forgetmenot.studio.http;

import dev.forgetmenot.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file with a secret, which its owner alone can read where the system has such permissions. */
public final class OwnersFile {
  private OwnersFile() {}

  /** Writes a file anew: at no time can another user read what it holds. */
  public static void write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
