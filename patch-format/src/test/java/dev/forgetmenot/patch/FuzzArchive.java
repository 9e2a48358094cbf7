package dev.forgetmenot.patch;

import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A patch from its first byte on; what is accepted must be the same for every reader of ZIP. */
public final class FuzzArchive {
  private static final Path FILE = temporary();

  private FuzzArchive() {}

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Files.write(FILE, data);
    try {
      Map<String, String> ours;
      try (FileChannel channel = FileChannel.open(FILE)) {
        ours = ZipReaders.digests(new PatchArchive(FILE, channel));
      }
      if (!ours.equals(ZipReaders.commonsCompress(FILE))
          || !ours.equals(ZipReaders.javaZipFile(FILE))
          || !ours.equals(ZipReaders.javaStream(FILE))) {
        throw new AssertionError("readers disagree on an archive that was accepted");
      }
      try (PatchFile patch = PatchFile.open(FILE)) {
        for (Manifest.Edit edit : patch.manifest().edits()) {
          patch.edit(edit);
        }
      }
    } catch (PatchFormatException e) {
      // refused, which is what readers are for
    }
  }

  static Path temporary() {
    try {
      Path memory = Path.of("/dev/shm");
      Path file =
          Files.isWritable(memory)
              ? Files.createTempFile(memory, "fmn-fuzz", ".tmp")
              : Files.createTempFile("fmn-fuzz", ".tmp");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
