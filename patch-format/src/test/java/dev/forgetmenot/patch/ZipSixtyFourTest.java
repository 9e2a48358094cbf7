package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.archive.NewEntry;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.Damage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Archives as patches of more than 2 GiB have them, at a small size: the limit is lowered to
 * nothing.
 */
class ZipSixtyFourTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.fmnpatch");
    write(0);
  }

  private Manifest write(long plain) throws IOException {
    return PatchWriter.write(
        file,
        PatchFileTest.draft(1),
        PatchFileTest.base(),
        "stable-diffusion-v1",
        PatchFileTest.CREATED,
        plain);
  }

  @Test
  void theyAreReadAsAllOthers() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, 3));
      assertThat(patch.warnings()).isEmpty();
      assertThat(patch.archive().zip64()).isTrue();
      assertThat(SampleEdits.delta(patch, "unet/a.weight")).containsExactly(1, -2, 3, 4);
      for (Manifest.Entry entry : patch.manifest().entries()) {
        assertThat(patch.content(entry.path())).hasSize((int) entry.size());
        if (entry.path().endsWith(".safetensors")) {
          assertThat(patch.archive().region(entry.path()).offset() % 64).isZero();
        }
      }
    }
  }

  @Test
  void theGoldenFileIsWhatIsWritten() throws IOException {
    try (var golden = ZipSixtyFourTest.class.getResourceAsStream("golden-1.3.fmnpatch")) {
      assertThat(Files.readAllBytes(file)).isEqualTo(golden.readAllBytes());
    }
  }

  @Test
  void onlyWhatIsLargerThanTheLimitIsOne() throws IOException {
    long all = write(0).entries().stream().mapToLong(Manifest.Entry::size).sum();
    assertThat(write(all).version()).isEqualTo(new Manifest.Version(1, 0));
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.archive().zip64()).isFalse();
    }
    assertThat(write(all - 1).version()).isEqualTo(new Manifest.Version(1, 3));
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.archive().zip64()).isTrue();
    }
    assertThat(Manifest.PLAIN_CAPACITY).isLessThan(Integer.MAX_VALUE - (15 << 20));
    assertThat(PatchWriter.CAPACITY).isGreaterThan(11L << 30); // SDXL's UNet in full
  }

  @Test
  void everyByteCounts() throws IOException {
    PatchSigner.embed(file, SigningKey.generate());
    byte[] good = Files.readAllBytes(file);
    Map<PatchError, Integer> errors = new EnumMap<>(PatchError.class);
    List<Stream<Damage>> all = new ArrayList<>();
    all.add(Damage.inversions(good));
    all.add(Damage.truncations(good));
    all.add(Damage.deletions(good));
    for (Stream<Damage> damages : all) {
      for (Damage damage : (Iterable<Damage>) damages::iterator) {
        Files.write(file, damage.bytes());
        try (PatchFile patch = PatchFile.open(file)) {
          fail(damage.what() + " was read as " + patch.id());
        } catch (PatchFormatException e) {
          errors.merge(e.error(), 1, Integer::sum);
        }
      }
    }
    System.err.println("measured: damages of a zip64 patch refused: " + errors);
    assertThat(errors)
        .containsKeys(PatchError.ZIP64, PatchError.HEADER_MISMATCH, PatchError.GAP_OR_OVERLAP);
  }

  @Test
  void signaturesAndOtherManifestsFit() throws IOException {
    PatchSigner.embed(file, SigningKey.generate());
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.archive().zip64()).isTrue();
      assertThat(patch.signatures()).hasSize(1);
    }
    ManifestRewriter.gated(
        file, Optional.of(new PromptGate(PromptGate.PROMPT_COSINE, 0.1, 0.2)), file);
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, 2));
      assertThat(patch.archive().zip64()).isFalse(); // the lowest that expresses it
    }
  }

  @Test
  void anOlderVersionHasNone() throws IOException {
    byte[] json;
    List<NewEntry> files = new ArrayList<>();
    try (PatchFile patch = PatchFile.open(file)) {
      json = patch.manifestBytes();
      for (Manifest.Entry entry : patch.manifest().entries()) {
        files.add(NewEntry.of(entry.path(), patch.content(entry.path())));
      }
    }
    byte[] older =
        new String(json, StandardCharsets.UTF_8)
            .replace("\"minor\": 3", "\"minor\": 2")
            .getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      PatchWriter.archive(channel, true, older, files);
    }
    assertThatThrownBy(() -> PatchFile.open(file).close())
        .hasMessageContaining("FMN-108")
        .hasMessageContaining("from version 1.3 on");
  }

  @Test
  void fourReadersSeeOneContent() throws IOException {
    ZipReadersAgreeTest.assertOneContent(file);
  }
}
