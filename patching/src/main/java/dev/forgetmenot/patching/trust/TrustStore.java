package dev.forgetmenot.patching.trust;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.UserFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;

/**
 * The file of a user's {@link TrustState}. Readers see it as a whole, changes by several processes
 * or threads follow one another, and one that is damaged is an error: going on without it would
 * forget what was revoked.
 *
 * @param file the store; may be missing, which is an empty one
 */
public record TrustStore(Path file) {
  /** The system property that names another file than the user's. */
  public static final String PROPERTY = "fmn.trust";

  private static final int LIMIT = 1 << 20;
  private static final Object IN_PROCESS = new Object();

  /** A change of the records. */
  @FunctionalInterface
  public interface Change {
    /**
     * Makes other records of those that are there.
     *
     * @throws IOException to leave them as they are
     */
    TrustState of(TrustState records) throws IOException;
  }

  /** The store of the user: the one that {@link #PROPERTY} names, or the one of the system. */
  public static TrustStore ofUser() {
    String named = System.getProperty(PROPERTY, "");
    if (!named.isEmpty()) {
      return new TrustStore(Path.of(named));
    }
    return new TrustStore(
        place(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home")));
  }

  /** Where a user's settings are: {@code %APPDATA%}, {@code XDG_CONFIG_HOME} or ~/.config. */
  static Path place(Map<String, String> environment, String system, String home) {
    return UserFolder.SETTINGS.place(environment, system, home).resolve("trust.json");
  }

  /** Now, as records name times. */
  public static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * What the store says.
   *
   * @throws IOException if it is damaged or cannot be read
   */
  public TrustState read() throws IOException {
    if (Files.notExists(file)) {
      return TrustState.EMPTY;
    }
    checkOwner();
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LIMIT + 1);
    }
    try {
      return TrustJson.read(file.toString(), bytes);
    } catch (IOException e) {
      throw new IOException(
          "the trust store is damaged, so it is unknown which keys were revoked: "
              + e.getMessage()
              + ". Put back a copy, or move the file away to begin anew",
          e);
    }
  }

  /** Whoever may write the file decides whom this user trusts. */
  private void checkOwner() throws IOException {
    if (posix(file)) {
      Set<PosixFilePermission> all = Files.getPosixFilePermissions(file);
      if (all.contains(PosixFilePermission.GROUP_WRITE)
          || all.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IOException(
            Message.of(
                "the trust store %s can be written by others (%s), so it does not say whom you"
                    + " trust: look through it, then make it yours alone by chmod 600 %s",
                file, PosixFilePermissions.toString(all), file));
      }
    }
  }

  private static boolean posix(Path file) throws IOException {
    return Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class);
  }

  /**
   * Changes what the store says; makes the file and its folder where they are missing.
   *
   * @return what it says now
   * @throws IOException if it is damaged or cannot be written; it is then as it was
   */
  public TrustState update(Change change) throws IOException {
    Path absolute = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null) {
      throw new IOException(file + " is not a place for a trust store: name a file in a folder");
    }
    Files.createDirectories(folder);
    Path lock = absolute.resolveSibling(absolute.getFileName() + ".lock");
    // A lock of the system holds between processes; threads of one need their own.
    synchronized (IN_PROCESS) {
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        TrustState before = read();
        TrustState after = change.of(before);
        if (!held.isValid()) {
          throw new IOException("the lock " + lock + " was lost; try again");
        }
        if (!after.equals(before)) {
          byte[] bytes = TrustJson.write(after);
          TrustJson.read(file.toString(), bytes); // nothing is written that would be refused
          boolean first = Files.notExists(absolute);
          AtomicFile.write(absolute, bytes);
          if (first && posix(absolute)) {
            Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rw-------"));
          }
        }
        return after;
      }
    }
  }
}
