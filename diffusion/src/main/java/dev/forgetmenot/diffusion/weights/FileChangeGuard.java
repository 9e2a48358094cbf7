package dev.forgetmenot.diffusion.weights;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How long the files of a model were and when they were last written when they were opened: what is
 * said of a base must be true of the files that are there.
 */
final class FileChangeGuard {
  private record State(long size, FileTime written, Object key) {
    static State of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new State(now.size(), now.lastModifiedTime(), String.valueOf(now.fileKey()));
    }
  }

  private final Map<String, State> states = new HashMap<>();

  private FileChangeGuard() {}

  static FileChangeGuard of(Collection<SafetensorsFile> files) throws IOException {
    FileChangeGuard opened = new FileChangeGuard();
    for (SafetensorsFile file : files) {
      opened.states.put(file.where(), State.of(Path.of(file.where())));
    }
    return opened;
  }

  /**
   * Looks at a file again.
   *
   * @throws PatchFormatException FMN-506 if it is another one, longer, shorter or written to
   */
  void requireUnchanged(SafetensorsFile file) throws PatchFormatException {
    State now;
    try {
      now = State.of(Path.of(file.where()));
    } catch (IOException e) {
      throw changed(file, "is gone (" + e.getMessage() + ")");
    }
    if (!now.equals(states.get(file.where()))) {
      throw changed(file, "has changed");
    }
  }

  private static PatchFormatException changed(SafetensorsFile file, String how) {
    return new PatchFormatException(
        PatchError.CHANGED_ON_DISK,
        file.where(),
        "this file of the model "
            + how
            + " since it was opened; run the command again when no other program writes to it");
  }
}
