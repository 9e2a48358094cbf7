package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.archive.PatchArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For what is accepted, every reader of ZIP that a program of Java may have sees one content. */
class ZipReadersAgreeTest {
  @TempDir Path folder;

  static void assertOneContent(Path file) throws IOException {
    PatchFile.open(file).close();
    Map<String, String> ours;
    try (FileChannel channel = FileChannel.open(file)) {
      PatchArchive archive = new PatchArchive(file, channel);
      ours = ZipReaders.digests(archive);
    }
    assertThat(ours).hasSizeGreaterThan(2);
    assertThat(ZipReaders.commonsCompress(file)).isEqualTo(ours);
    assertThat(ZipReaders.javaZipFile(file)).isEqualTo(ours);
    assertThat(List.copyOf(ZipReaders.javaStream(file).entrySet()))
        .isEqualTo(List.copyOf(ours.entrySet())); // the stream sees the order, too
  }

  @Test
  void goldenFiles() throws IOException {
    for (String version : List.of("1.0", "1.1", "1.2", "1.3", "1.4")) {
      Path file = folder.resolve(version);
      try (InputStream in =
          ZipReadersAgreeTest.class.getResourceAsStream("golden-" + version + ".fmnpatch")) {
        Files.copy(in, file);
      }
      assertOneContent(file);
      PatchSigner.embed(file, SigningKey.generate());
      assertOneContent(file);
    }
  }

  @Test
  void patchesWithManyEntries() throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    Map<String, byte[]> docs = new java.util.TreeMap<>();
    for (int i = 0; i < 50; i++) {
      docs.put("docs/picture-" + i + ".png", new byte[i * 7]);
    }
    PatchWriter.write(
        file,
        SampleEdits.draft(SampleEdits.all(), docs),
        SampleEdits.base(34),
        "stable-diffusion-v1",
        SampleEdits.CREATED);
    assertOneContent(file);
  }
}
