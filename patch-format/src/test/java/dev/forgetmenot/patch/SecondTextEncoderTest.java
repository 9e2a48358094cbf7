package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches of models with two text encoders, which came with version 1.5. */
class SecondTextEncoderTest {
  private static final String QUERY =
      "text_encoder_2/text_model.encoder.layers.0.self_attn.q_proj.weight";

  @TempDir Path folder;

  private static LowRankEdit second() {
    return new LowRankEdit(
        Map.of(
            QUERY,
            new LowRank(
                new long[] {6, 5}, 1, 1, SampleEdits.values(5, 21), SampleEdits.values(6, 22))));
  }

  private static Manifest.Base base() {
    Manifest.Base one = SampleEdits.base(32);
    Map<String, Manifest.Component> components = new HashMap<>(one.components());
    components.put(
        "text_encoder_2", new Manifest.Component("11".repeat(32), "22".repeat(32), 1, Map.of()));
    return new Manifest.Base(
        components,
        one.textEncoder(),
        Optional.of(new Manifest.Roots("33".repeat(32), "44".repeat(32))),
        one.tokenizer(),
        "tiny",
        "same-architecture");
  }

  private Path write(PatchDraft draft, Manifest.Base base, String architecture) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    PatchWriter.write(file, draft, base, architecture, SampleEdits.CREATED);
    return file;
  }

  private static PatchDraft draft() {
    return SampleEdits.draft(SampleEdits.closedForm(8, 1, 3), second());
  }

  @Test
  void theGoldenFileIsWhatIsWritten() throws IOException {
    Path file = write(draft(), base(), Manifest.XL);
    try (var golden = SecondTextEncoderTest.class.getResourceAsStream("golden-1.5.fmnpatch")) {
      assertThat(Files.readAllBytes(file)).isEqualTo(golden.readAllBytes());
    }
  }

  @Test
  void comesBackAsItWasWritten() throws IOException {
    try (PatchFile patch = PatchFile.open(write(draft(), base(), "other"))) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, 5));
      assertThat(patch.manifest().base()).isEqualTo(base());
      assertThat(patch.manifest().twoTextEncoders()).isTrue();
      assertThat(patch.warnings()).isEmpty();
    }
  }

  @Test
  void theVersionIsTheNewOneOnlyWhereItIsNeeded() throws IOException {
    PatchDraft closed = SampleEdits.draft(SampleEdits.closedForm(8, 1, 3));
    Manifest.Base one = SampleEdits.base(32);
    assertThat(minor(write(closed, one, "stable-diffusion-v1"))).isEqualTo(1);
    assertThat(minor(write(closed, one, Manifest.XL))).isEqualTo(5);
  }

  private static int minor(Path file) throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      return patch.manifest().version().minor();
    }
  }

  @Test
  void anEditOfAComponentThatTheBaseLacksIsRefused() {
    assertThatThrownBy(() -> write(SampleEdits.draft(second()), SampleEdits.base(32), Manifest.XL))
        .isInstanceOfAny(PatchFormatException.class, IllegalArgumentException.class)
        .hasMessageContaining("text_encoder_2");
  }
}
