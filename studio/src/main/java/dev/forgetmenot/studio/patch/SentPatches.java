package dev.forgetmenot.studio.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patching.library.PatchFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The patches that prompts can name: those of the model's and the program's folders, and those that
 * were sent to the server, which it keeps. Any thread.
 *
 * @param folder of those that were sent; made when the first one comes
 * @param all the folders, this one too
 */
public record SentPatches(Path folder, PatchFolders all) {
  private static final String ENDING = ".fmnpatch";
  private static final int SHORT_ID = 8; // digits; a name with it never means another patch

  /** Beside the folders of a model. */
  public static SentPatches beside(PatchFolders others, Path folder) {
    return new SentPatches(folder, others.before(folder));
  }

  /**
   * Keeps a patch, after the strict reader has taken all of it.
   *
   * @param bytes of its file
   * @return its file; the one that is there already where it has the same id
   * @throws dev.forgetmenot.patch.error.PatchFormatException if it is not a patch
   * @throws IOException if it cannot be written
   */
  public Path add(byte[] bytes) throws IOException {
    Files.createDirectories(folder);
    Path unread = Files.createTempFile(folder, "sent", ".tmp");
    try {
      Files.write(unread, bytes);
      String id;
      String name;
      try (PatchFile patch = PatchFile.open(unread)) {
        id = patch.id();
        name = patch.manifest().name();
      }
      Optional<Path> known = all.withId(id);
      if (known.isPresent()) {
        return known.get();
      }
      Path file = folder.resolve(name + "-" + id.substring(0, SHORT_ID) + ENDING);
      AtomicFile.write(file, bytes);
      return file;
    } finally {
      Files.deleteIfExists(unread);
    }
  }

  /** What a prompt calls a patch: the name of its file without the ending. */
  public static String nameOf(Path file) {
    String own = String.valueOf(file.getFileName());
    return own.substring(0, own.length() - ENDING.length());
  }

  /** Whether a patch was sent here, and so may be removed here. */
  public boolean wasSent(Path file) {
    return folder.equals(file.getParent());
  }
}
