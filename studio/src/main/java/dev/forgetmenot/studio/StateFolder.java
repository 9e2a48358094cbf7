package dev.forgetmenot.studio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a server keeps what survives it: {@code token}, {@code signing.key}, {@code jobs/}, {@code
 * images/}, {@code patches/} and {@code models/}. For the user alone.
 *
 * @param root the folder
 */
record StateFolder(Path root) {
  /** Opens a folder, which is made if it is not there. */
  static StateFolder open(Path root) throws IOException {
    Path folder = root.toAbsolutePath().normalize();
    if (Files.notExists(folder)) {
      Files.createDirectories(folder);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    }
    return new StateFolder(folder);
  }

  Path token() {
    return root.resolve("token");
  }

  /** The private key of the server, if one was made over its API. */
  Path key() {
    return root.resolve("signing.key");
  }

  /** A page that leads a browser to the server, with the token. */
  Path opening() {
    return root.resolve("open.html");
  }

  Path jobs() {
    return root.resolve("jobs");
  }

  Path images() {
    return root.resolve("images");
  }

  /** Copies of the model with patches in them. */
  Path models() {
    return root.resolve("models");
  }

  /** Patches that were sent. */
  Path patches() {
    return root.resolve("patches");
  }
}
