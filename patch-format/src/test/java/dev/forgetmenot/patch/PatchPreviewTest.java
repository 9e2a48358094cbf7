package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchPreview.Side;
import dev.forgetmenot.patch.archive.NewEntry;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in patches, which came with version 1.4. */
class PatchPreviewTest {
  private static final String FIRST = "docs/preview-1.png";
  private static final byte[] SMALL = SamplePng.of(9, 5);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.fmnpatch");
    PatchFileTest.write(file, 1);
  }

  private static PatchPreview.Image image(Side side, long seed, byte[] png) {
    return new PatchPreview.Image(
        side, "a \"photo\" of x", seed, side == Side.BEFORE ? 0 : 1.5, png);
  }

  private static List<PatchPreview.Image> pair() {
    return List.of(
        image(Side.BEFORE, (1L << 53) + 1, SMALL), image(Side.AFTER, Long.MAX_VALUE, SMALL));
  }

  @Test
  void theGoldenFileIsWhatIsWritten() throws IOException {
    ManifestRewriter.measured(file, PatchFileTest.draft(1).evidence(), pair(), file);
    try (var golden = PatchPreviewTest.class.getResourceAsStream("golden-1.4.fmnpatch")) {
      assertThat(Files.readAllBytes(file)).isEqualTo(golden.readAllBytes());
    }
  }

  @Test
  void comesBackAsItWasWritten() throws IOException {
    Manifest written = ManifestRewriter.previewed(file, pair(), file);
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest()).isEqualTo(written);
      assertThat(patch.warnings()).isEmpty();
      assertThat(patch.archive().zip64()).isFalse();
      assertThat(written.version()).isEqualTo(new Manifest.Version(1, 4));
      assertThat(written.previews())
          .containsExactly(
              new PatchPreview(FIRST, Side.BEFORE, "a \"photo\" of x", 9007199254740993L, 0),
              new PatchPreview(
                  "docs/preview-2.png", Side.AFTER, "a \"photo\" of x", Long.MAX_VALUE, 1.5));
      assertThat(patch.content(FIRST)).isEqualTo(SMALL);
      assertThat(new String(patch.manifestBytes(), StandardCharsets.UTF_8))
          .contains("\"seed\": \"9007199254740993\"");
      assertThat(SampleEdits.delta(patch, "unet/a.weight")).containsExactly(1, -2, 3, 4);
    }
  }

  @Test
  void moreAreAddedToThoseThatAreThere() throws IOException {
    String first;
    try (PatchFile patch = PatchFile.open(file)) {
      first = patch.id();
    }
    ManifestRewriter.previewed(file, pair(), file);
    Manifest more = ManifestRewriter.previewed(file, pair(), file);
    assertThat(more.stacking().supersedes()).hasSize(2).contains(first);
    assertThat(more.previews())
        .extracting(PatchPreview::entry)
        .containsExactly(FIRST, "docs/preview-2.png", "docs/preview-3.png", "docs/preview-4.png");
    assertThat(more.evidence()).isEqualTo(PatchFileTest.draft(1).evidence());
    PatchSigner.embed(file, SigningKey.generate());
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.signatures()).hasSize(1);
      assertThat(patch.manifest()).isEqualTo(more);
    }
    ManifestRewriter.gated(file, java.util.Optional.empty(), file);
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest().previews()).isEqualTo(more.previews());
      assertThat(patch.signatures()).isEmpty();
    }
  }

  @Test
  void whatNobodyCouldReadIsNotWritten() throws IOException {
    byte[] before = Files.readAllBytes(file);
    refuses(PatchError.PREVIEW, image(Side.AFTER, 1, new byte[100]));
    refuses(PatchError.PREVIEW, image(Side.AFTER, 1, SamplePng.of(513, 1)));
    refuses(PatchError.TYPE_OR_RANGE, image(Side.AFTER, -1, SMALL));
    refuses(
        PatchError.TYPE_OR_RANGE,
        Collections.nCopies(9, image(Side.AFTER, 1, SMALL)).toArray(PatchPreview.Image[]::new));
    refuses(PatchError.INCONSISTENT, new PatchPreview.Image(Side.BEFORE, "x", 1, 1, SMALL));
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aPatchWithoutRoomIsNotWritten() throws IOException {
    Map<String, byte[]> docs = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      docs.put("docs/" + i + ".png", SMALL);
    }
    PatchWriter.write(
        file,
        SampleEdits.draft(PatchFileTest.draft(1).edits(), docs),
        PatchFileTest.base(),
        "stable-diffusion-v1",
        PatchFileTest.CREATED);
    refuses(PatchError.SIZE_LIMIT, pair().toArray(PatchPreview.Image[]::new));
    ManifestRewriter.previewed(file, pair().subList(0, 1), file);
    PatchFile.open(file).close();
  }

  private void refuses(PatchError error, PatchPreview.Image... images) {
    assertRefused(error, () -> ManifestRewriter.previewed(file, List.of(images), file));
  }

  private static void assertRefused(PatchError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  private String manifest() throws IOException {
    ManifestRewriter.previewed(file, pair(), file);
    try (PatchFile patch = PatchFile.open(file)) {
      return new String(patch.manifestBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Manifest read(String json) throws PatchFormatException {
    return ManifestReader.read("x", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void manifestsThatLie() throws IOException {
    String json = manifest();
    assertThat(read(json).previews()).hasSize(2);
    for (Object[] change :
        new Object[][] {
          {PatchError.UNKNOWN_MEMBER, "\"minor\": 4", "\"minor\": 3"},
          {PatchError.UNKNOWN_MEMBER, "\"side\": \"after\",", "\"side\": \"after\", \"x\": 1,"},
          {PatchError.TYPE_OR_RANGE, "\"side\": \"after\"", "\"side\": \"beside\""},
          {PatchError.TYPE_OR_RANGE, "\"seed\": \"9007199254740993\"", "\"seed\": 7"},
          {PatchError.TYPE_OR_RANGE, "\"seed\": \"9007199254740993\"", "\"seed\": \"07\""},
          {PatchError.TYPE_OR_RANGE, "\"seed\": \"9007199254740993\"", "\"seed\": \"-7\""},
          {PatchError.TYPE_OR_RANGE, "9223372036854775807", "9223372036854775808"},
          {PatchError.INCONSISTENT, "\"entry\": \"" + FIRST, "\"entry\": \"docs/readme.md"},
          {PatchError.INCONSISTENT, "\"entry\": \"" + FIRST, "\"entry\": \"docs/other.png"},
          {PatchError.INCONSISTENT, "\"entry\": \"" + FIRST, "\"entry\": \"docs/preview-2.png"},
          {
            PatchError.INCONSISTENT,
            "\"entry\": \"" + FIRST,
            "\"entry\": \"tensors/delta.safetensors"
          },
          {PatchError.INCONSISTENT, "\"strength\": 0.0", "\"strength\": 1.0"},
          {PatchError.PREVIEW, "\"size\": " + SMALL.length + ",", "\"size\": 524289,"}
        }) {
      String from = (String) change[1];
      assertThat(json).contains(from);
      assertRefused(
          (PatchError) change[0], () -> read(json.replaceFirst(from, (String) change[2])));
    }
  }

  /** A reader of today passes over nothing: the images of a newer version are looked at too. */
  @Test
  void aNewerVersionSaysTheSame() throws IOException {
    assertThat(read(manifest().replace("\"minor\": 4", "\"minor\": 6")).previews()).hasSize(2);
  }

  @Test
  void imagesThatAreNone() throws IOException {
    manifest();
    byte[] good = Files.readAllBytes(file);
    byte[] damaged = SMALL.clone();
    damaged[29] ^= 1; // of the check sum of IHDR
    byte[] renamed = SMALL.clone();
    renamed[12] = 'i';
    List<byte[]> wrong =
        List.of(
            new byte[0],
            Arrays.copyOf(SMALL, 32),
            damaged,
            renamed,
            "GIF89a, which browsers show, too, and which is long enough".getBytes(UTF8),
            SamplePng.of(0, 5),
            SamplePng.of(513, 1),
            SamplePng.of(1, 513),
            SamplePng.of(-1, 1, new byte[9]));
    for (byte[] png : wrong) {
      Files.write(file, good);
      with(png);
      assertRefused(PatchError.PREVIEW, () -> PatchFile.open(file).close());
    }
    for (byte[] png :
        List.of(
            Arrays.copyOf(SMALL, 33), // only its beginning is looked at
            SamplePng.of(512, 512),
            SamplePng.of(1, 1, new byte[PatchPreview.MOST_BYTES - 57]))) {
      Files.write(file, good);
      with(png);
      PatchFile.open(file).close();
    }
    Files.write(file, good);
    RewrittenPatch.without(file, FIRST);
    assertRefused(PatchError.MISSING, () -> PatchFile.open(file).close());
  }

  private static final java.nio.charset.Charset UTF8 = StandardCharsets.UTF_8;

  /** The same patch by who knows the format, with another first image. */
  private void with(byte[] png) throws IOException {
    String json;
    List<NewEntry> files = new ArrayList<>();
    try (PatchFile patch = PatchFile.open(file)) {
      json = new String(patch.manifestBytes(), UTF8);
      for (Manifest.Entry entry : patch.manifest().entries()) {
        boolean first = entry.path().equals(FIRST);
        files.add(NewEntry.of(entry.path(), first ? png : patch.content(entry.path())));
      }
    }
    String listed = "\"path\": \"" + FIRST + "\",\n      \"size\": ";
    String was = listed + SMALL.length + ",\n      \"sha256\": \"" + Sha256.hex(SMALL);
    assertThat(json).contains(was);
    String changed =
        json.replace(was, listed + png.length + ",\n      \"sha256\": \"" + Sha256.hex(png));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      PatchWriter.archive(channel, false, changed.getBytes(UTF8), files);
    }
  }
}
