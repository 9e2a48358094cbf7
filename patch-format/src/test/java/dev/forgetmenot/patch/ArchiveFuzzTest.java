package dev.forgetmenot.patch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.MemoryFile;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A patch from its first byte on; what is accepted must be the same for every reader of ZIP. */
class ArchiveFuzzTest {
  private static final Path FILE = MemoryFile.temporary();

  static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String name :
        List.of(
            "golden-1.0",
            "golden-1.1",
            "golden-1.2",
            "golden-1.3",
            "golden-1.4",
            "golden-1.5",
            "forged-1.6-optional")) {
      try (InputStream in = ArchiveFuzzTest.class.getResourceAsStream(name + ".fmnpatch")) {
        seeds.add(in.readAllBytes());
      }
    }
    return seeds;
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) throws IOException {
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

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }
}
