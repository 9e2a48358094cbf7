package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.archive.StrictZipReader;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A patch that is changed in place, at the same length, after it was opened and checked. */
class ChangedInPlaceTest {
  private static final int CHANGED = 4096;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.fmnpatch");
    PatchWriter.write(
        file,
        SampleEdits.draft(SampleEdits.all(), Map.of("docs/a.png", new byte[2 * CHANGED])),
        SampleEdits.base(34),
        "stable-diffusion-v1",
        SampleEdits.CREATED);
  }

  /** Every byte of an entry becomes another one. */
  private void change(String entry) throws IOException {
    StrictZipReader.Region region;
    try (FileChannel channel = FileChannel.open(file)) {
      region = new PatchArchive(file, channel).region(entry);
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) region.size());
      channel.read(bytes, region.offset());
      for (int i = 0; i < bytes.capacity(); i++) {
        bytes.put(i, (byte) (bytes.get(i) ^ 1));
      }
      channel.write(bytes.flip(), region.offset());
    }
  }

  private static void assertNoticed(ThrowingCallable reading) {
    assertThatThrownBy(
            () -> {
              try {
                reading.call();
              } catch (UncheckedIOException e) {
                throw e.getCause();
              }
            })
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).isIn(PatchError.CHANGED_WHILE_READING, PatchError.CRC));
  }

  @Test
  void noEditIsReadAnyMore() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      for (Manifest.Edit edit : patch.manifest().edits()) {
        change(edit.entry());
        assertNoticed(
            () -> {
              if (patch.edit(edit) instanceof DeltaEdit deltas) {
                deltas.deltas().values().forEach(Delta::values);
              }
            });
        change(edit.entry()); // back again
        assertThat(patch.edit(edit).kind()).isEqualTo(edit.kind());
      }
    }
  }

  @Test
  void fourKilobytesOfALargeDelta() throws IOException {
    float[] values = new float[CHANGED];
    PatchWriter.write(
        file,
        SampleEdits.draft(
            new DeltaEdit(Map.of("unet/a", new Delta(new long[] {values.length}, values)))),
        SampleEdits.base(1),
        "stable-diffusion-v1",
        SampleEdits.CREATED);
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(SampleEdits.delta(patch, "unet/a")).containsOnly(0);
      byte[] other = new byte[CHANGED];
      java.util.Arrays.fill(other, (byte) 0x3f);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        long end = patch.archive().region("tensors/delta.safetensors").offset();
        channel.write(ByteBuffer.wrap(other), end + CHANGED);
      }
      assertThatThrownBy(() -> SampleEdits.delta(patch, "unet/a")).hasMessageContaining("FMN-117");
    }
  }

  @Test
  void noOtherManifestIsSignedAndNoOtherContentIsCopied() throws IOException {
    byte[] before = Files.readAllBytes(file);
    try (PatchFile patch = PatchFile.open(file)) {
      byte[] manifest = patch.manifestBytes();
      change("manifest.json");
      assertThat(patch.manifestBytes()).isEqualTo(manifest);
      change("manifest.json");
      change("docs/a.png");
      assertNoticed(() -> patch.content("docs/a.png"));
      assertNoticed(
          () ->
              patch.rewrite(
                  folder.resolve("copy"), false, writer -> patch.copy("docs/a.png", writer)));
      assertThat(folder.resolve("copy")).doesNotExist();
    }
    change("docs/a.png");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    PatchSigner.embed(file, SigningKey.generate());
    PatchFile.open(file).close();
  }

  /** With a repaired checksum, which CRC alone would let through. */
  @Test
  void aRepairedChecksumDoesNotHelp() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      StrictZipReader.Region region = patch.archive().region("docs/a.png");
      byte[] same = new byte[2 * CHANGED];
      byte[] other = colliding(same);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(other), region.offset());
      }
      assertThatThrownBy(() -> patch.content("docs/a.png")).hasMessageContaining("FMN-117");
    }
  }

  /** Other bytes of the same CRC-32: a multiple of its polynomial is added. */
  private static byte[] colliding(byte[] bytes) {
    byte[] other = bytes.clone();
    int[] polynomial = {0x41, 0x06, 0x71, 0xdb, 0x01}; // reflected, from the lowest power on
    for (int i = 0; i < polynomial.length; i++) {
      other[100 + i] ^= (byte) polynomial[i];
    }
    CRC32 one = new CRC32();
    CRC32 two = new CRC32();
    one.update(bytes);
    two.update(other);
    assertThat(two.getValue()).isEqualTo(one.getValue());
    return other;
  }
}
