package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.EditTensors;
import dev.forgetmenot.patch.edit.Fp16Scale;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.SelectedRows;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.HalfFloats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What came with version 1.2: rows, halves, gates, and more words of intents. */
class SecondMinorTest {
  private static final String EMBEDDING =
      "text_encoder/text_model.embeddings.token_embedding.weight";

  @TempDir Path folder;

  private Path write(PatchDraft draft, Manifest.Base base) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    PatchWriter.write(file, draft, base, "stable-diffusion-v1", SampleEdits.CREATED);
    return file;
  }

  private Path second() throws IOException {
    return write(SampleEdits.second(), SampleEdits.secondBase());
  }

  @Test
  void givesTheBytesOfTheGoldenFile() throws IOException {
    try (var golden = SecondMinorTest.class.getResourceAsStream("golden-1.2.fmnpatch")) {
      assertThat(Files.readAllBytes(second())).isEqualTo(golden.readAllBytes());
    }
  }

  @Test
  void comesBackAsItWasWritten() throws IOException {
    try (PatchFile patch = PatchFile.open(second())) {
      Manifest manifest = patch.manifest();
      assertThat(patch.warnings()).isEmpty();
      assertThat(manifest.version()).isEqualTo(new Manifest.Version(1, 2));
      PatchMetadata said = SampleEdits.publication();
      assertThat(manifest.gate()).isEqualTo(said.gate());
      assertThat(manifest.stacking()).isEqualTo(said.stacking());
      assertThat(manifest.license()).isEqualTo("CC0-1.0");
      assertThat(manifest.patchVersion()).isEqualTo("1.2.3-beta.1");
      assertThat(manifest.authors()).containsExactly("An Author", "another");
      assertThat(manifest.intent()).isEqualTo(SampleEdits.second().intent());
    }
  }

  @Test
  void rowsComeBackByTarget() throws IOException {
    try (PatchFile patch = PatchFile.open(second())) {
      Manifest.Edit written = patch.manifest().edits().get(0);
      RowsEdit.Descriptor rows = (RowsEdit.Descriptor) written.content();
      EditTensors tensors = patch.tensors(written);
      SelectedRows found = rows.added(EMBEDDING, tensors);
      SelectedRows expected = SampleEdits.rowsEdit().rows().get(EMBEDDING);
      assertThat(found.shape()).containsExactly(100, 8);
      assertThat(found.index()).containsExactly(3, 4, 99);
      assertThat(found.rows().values()).isEqualTo(expected.rows().values());
      RowsEdit convolution = (RowsEdit) patch.edit(patch.manifest().edits().get(1));
      assertThat(convolution.rows().keySet()).containsExactly("unet/conv_in.weight");
      assertThat(convolution.rows().get("unet/conv_in.weight").rows().width()).isEqualTo(27);
      assertThatThrownBy(() -> rows.added("unet/other", tensors))
          .hasMessageContaining("unet/other");
    }
  }

  @Test
  void halvesComeBackToElevenBits() throws IOException {
    try (PatchFile patch = PatchFile.open(second())) {
      DeltaEdit written = SampleEdits.halfDelta();
      for (Map.Entry<String, Delta> entry : written.deltas().entrySet()) {
        float[] found = SampleEdits.delta(patch, entry.getKey());
        float[] expected = entry.getValue().values();
        double largest = 0;
        for (float value : expected) {
          largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < found.length; i++) {
          // to 11 bits, or to the smallest step under the largest value
          double step = Math.max(Math.abs(expected[i]) * 0x1p-11, largest * 0x1p-38);
          assertThat((double) found[i]).isCloseTo(expected[i], within(step));
        }
      }
      Manifest.Edit edit = patch.manifest().edits().get(2);
      assertThat(edit.kind()).isEqualTo(EditKind.DELTA);
      DeltaEdit again = (DeltaEdit) patch.edit(edit);
      assertThat(again.deltas().values()).allMatch(Delta::half);
      // what was rounded once stays as it is
      Path second = folder.resolve("b.fmnpatch");
      PatchWriter.write(
          second,
          SampleEdits.draft(again),
          SampleEdits.base(2),
          "stable-diffusion-v1",
          SampleEdits.CREATED);
      try (PatchFile other = PatchFile.open(second)) {
        for (String target : again.deltas().keySet()) {
          assertThat(SampleEdits.delta(other, target)).isEqualTo(SampleEdits.delta(patch, target));
        }
      }
    }
  }

  @Test
  void halvesTakeHalfTheSpace() throws IOException {
    float[] values = SampleEdits.values(1 << 16, 1);
    Delta half = new Delta(new long[] {256, 256}, values, true);
    Delta full = new Delta(new long[] {256, 256}, values);
    long halved =
        Files.size(
            write(SampleEdits.draft(new DeltaEdit(Map.of("unet/a", half))), SampleEdits.base(1)));
    long whole =
        Files.size(
            write(SampleEdits.draft(new DeltaEdit(Map.of("unet/a", full))), SampleEdits.base(1)));
    assertThat(whole - halved).isCloseTo(2L << 16, within(128L));
  }

  @Test
  void theScaleFitsTheLargestValue() {
    for (float largest : new float[] {1e38f, 1, 0.3f, 1e-30f, Float.MIN_VALUE}) {
      double scale = Fp16Scale.of(new float[] {0, -largest});
      float stored = HalfFloats.halfToFloat(HalfFloats.doubleToHalf(-largest / scale));
      assertThat(Math.abs(stored)).isBetween(0x1p14f, 0x1p15f);
      assertThat((double) Fp16Scale.value(stored, scale))
          .isCloseTo(-largest, within(largest * 0x1p-11));
    }
    assertThat(Fp16Scale.of(new float[3])).isEqualTo(1);
    // the largest float rounds to a half beyond it
    for (float wrong : new float[] {Float.NEGATIVE_INFINITY, Float.NaN, Float.MAX_VALUE}) {
      Delta delta = new Delta(new long[] {1}, new float[] {wrong}, true);
      PatchDraft draft = SampleEdits.draft(new DeltaEdit(Map.of("unet/a", delta)));
      assertThatThrownBy(() -> write(draft, SampleEdits.base(1)))
          .hasMessageContaining("not finite");
    }
  }

  @Test
  void aWriterSetsTheLowestMinor() throws IOException {
    assertMinor(1, SampleEdits.draft(SampleEdits.lowRank()));
    PatchDraft plain = SampleEdits.draft(SampleEdits.lowRank());
    PatchMetadata said = SampleEdits.publication();
    PatchMetadata ungated =
        new PatchMetadata(
            said.patchVersion(), said.license(), said.authors(), said.stacking(), Optional.empty());
    assertMinor(1, plain.publication(ungated));
    assertMinor(2, plain.publication(said));
    assertMinor(2, SampleEdits.draft(SampleEdits.halfDelta()));
    Manifest.IntentConcept concept = plain.intent().concepts().get(0);
    for (Manifest.Intent intent :
        List.of(
            new Manifest.Intent(
                "forget", List.of(concept), Optional.of("a reason"), Optional.empty()),
            new Manifest.Intent(
                "forget", List.of(concept), Optional.empty(), Optional.of("somebody")),
            new Manifest.Intent(
                "forget",
                List.of(
                    new Manifest.IntentConcept(
                        concept.label(),
                        concept.kind(),
                        concept.prompts(),
                        Optional.of("something else")))))) {
      assertMinor(
          2,
          new PatchDraft(
              plain.name(),
              plain.description(),
              intent,
              plain.edits(),
              plain.recipe(),
              plain.evidence(),
              plain.docs()));
    }
  }

  private void assertMinor(int minor, PatchDraft draft) throws IOException {
    try (PatchFile patch = PatchFile.open(write(draft, SampleEdits.base(2)))) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, minor));
    }
  }

  @Test
  void whatMakesNoSenseIsNotMade() {
    Rows two = SampleEdits.rows(2, 3, 1);
    long[] shape = {4, 3};
    for (long[] index : new long[][] {{0, 4}, {1, 1}, {2, 1}, {-1, 2}, {0}, {0, 1, 2}}) {
      assertThatThrownBy(() -> new SelectedRows(shape, index, two))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new SelectedRows(new long[] {4}, new long[] {0, 1}, two))
        .hasMessageContaining("dimensions");
    assertThatThrownBy(() -> new SelectedRows(new long[] {4, 2}, new long[] {0, 1}, two))
        .hasMessageContaining("(2, 2)");
    assertThatThrownBy(() -> new RowsEdit(Map.of())).hasMessageContaining("no rows");
    assertThatThrownBy(() -> new PromptGate("other", 0, 1)).hasMessageContaining("other");
    assertThatThrownBy(() -> new PromptGate(PromptGate.PROMPT_COSINE, 0.5, 0.5))
        .hasMessageContaining("from < to");
    assertThat(new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.75).share(0.5)).isEqualTo(0.5);
    assertThat(new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.75).share(-1)).isEqualTo(0);
    assertThat(new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.75).share(1)).isEqualTo(1);
  }

  private static void assertManifest(String json, PatchError error, String... changes) {
    String changed = json;
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(changed).contains(changes[i]);
      changed = changed.replace(changes[i], changes[i + 1]);
    }
    byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ManifestReader.read("x", bytes))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  @Test
  void manifestsThatLie() throws IOException {
    String json;
    try (PatchFile patch = PatchFile.open(second())) {
      json = new String(patch.content("manifest.json"), StandardCharsets.UTF_8);
    }
    assertManifest(json, PatchError.TYPE_OR_RANGE, "\"rows\": 3", "\"rows\": 0");
    assertManifest(json, PatchError.TYPE_OR_RANGE, "\"rows\": 3", "\"rows\": 101");
    assertManifest(json, PatchError.TYPE_OR_RANGE, "prompt-cosine", "moon");
    assertManifest(json, PatchError.TYPE_OR_RANGE, "\"from\": 0.25", "\"from\": 0.5");
    assertManifest(json, PatchError.TYPE_OR_RANGE, "\"to\": 0.5", "\"to\": 1.5");
    assertManifest(json, PatchError.TYPE_OR_RANGE, "\"scale\": ", "\"scale\": -");
    assertManifest(json, PatchError.UNKNOWN_MEMBER, "\"reason\"", "\"motive\"");
  }

  @Test
  void rowsAreNoPartOfTheVersionBefore() throws IOException {
    SelectedRows rows = SampleEdits.rowsEdit().rows().get("unet/conv_in.weight");
    RowsEdit edit = new RowsEdit(Map.of("unet/conv_in.weight", rows));
    try (PatchFile patch = PatchFile.open(write(SampleEdits.draft(edit), SampleEdits.base(1)))) {
      String json = new String(patch.content("manifest.json"), StandardCharsets.UTF_8);
      assertManifest(json, PatchError.INCONSISTENT, "\"minor\": 2", "\"minor\": 1");
    }
  }

  /** At the versions before, what came with this one is unknown, as it was to readers of then. */
  @Test
  void versionsBeforeDoNotKnowIt() throws IOException {
    String json;
    PatchDraft before = SampleEdits.draft(PatchFileTest.draft(1).edits(), Map.of());
    try (PatchFile patch = PatchFile.open(write(before, PatchFileTest.base()))) {
      json = new String(patch.content("manifest.json"), StandardCharsets.UTF_8);
    }
    for (String[] change :
        new String[][] {
          {"\"recipe\"", "\"gate\": {\"kind\": \"prompt-cosine\", \"from\": 0, \"to\": 1}, "},
          {"\"prompts\"", "\"guide\": \"a\", "},
          {"\"operation\"", "\"reason\": \"a\", "},
          {"\"operation\"", "\"requestedBy\": \"a\", "},
          {"\"norm\"", "\"scale\": 1, "}
        }) {
      String changed = change[1] + change[0];
      assertManifest(json, PatchError.UNKNOWN_MEMBER, change[0], changed);
      String first = json.replace("\"minor\": 0", "\"minor\": 1");
      assertManifest(first, PatchError.UNKNOWN_MEMBER, change[0], changed);
      byte[] second =
          json.replace("\"minor\": 0", "\"minor\": 2")
              .replace(change[0], changed)
              .getBytes(StandardCharsets.UTF_8);
      assertThat(ManifestReader.read("x", second).version().minor()).isEqualTo(2);
    }
  }
}
