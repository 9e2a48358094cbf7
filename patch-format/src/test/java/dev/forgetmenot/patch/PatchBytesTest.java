package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same content is the same file, whoever writes it and in whatever order it came. */
class PatchBytesTest {

  @TempDir Path folder;

  private byte[] write(PatchDraft draft) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    PatchWriter.write(
        file, draft, PatchFileTest.base(), "stable-diffusion-v1", PatchFileTest.CREATED);
    return Files.readAllBytes(file);
  }

  private static PatchDraft with(Map<String, Delta> deltas, Map<String, byte[]> docs) {
    PatchDraft d = PatchFileTest.draft(1);
    return new PatchDraft(
        d.name(),
        d.description(),
        d.intent(),
        List.of(new DeltaEdit(deltas)),
        d.recipe(),
        d.evidence(),
        docs);
  }

  private static Map<String, Delta> deltas(PatchDraft draft) {
    return ((DeltaEdit) draft.edits().get(0)).deltas();
  }

  @Test
  void theOrderOfDeltasAndDocumentsDoesNotMatter() throws IOException {
    PatchDraft draft = PatchFileTest.draft(1);
    Map<String, byte[]> docs = new LinkedHashMap<>(draft.docs());
    docs.put("docs/before.png", new byte[] {1});
    Map<String, byte[]> docsReversed = new LinkedHashMap<>();
    docsReversed.put("docs/before.png", new byte[] {1});
    docsReversed.putAll(draft.docs());
    Map<String, Delta> reversed = new LinkedHashMap<>();
    List.of("unet/a.bias", "unet/a.weight").forEach(t -> reversed.put(t, deltas(draft).get(t)));
    Map<String, Delta> straight = new LinkedHashMap<>();
    List.of("unet/a.weight", "unet/a.bias").forEach(t -> straight.put(t, deltas(draft).get(t)));
    assertThat(write(with(straight, docs))).isEqualTo(write(with(reversed, docsReversed)));
  }

  @Test
  void everyTimeZoneGivesTheSameBytes() throws IOException {
    byte[] here = write(PatchFileTest.draft(1));
    TimeZone before = TimeZone.getDefault();
    try {
      for (String zone : TimeZone.getAvailableIDs()) {
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        assertThat(write(PatchFileTest.draft(1))).as(zone).isEqualTo(here);
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Property
  void decimalsReadBackAndAreShort(@ForAll double value) {
    String text = ManifestWriter.decimal(value);
    assertThat(Double.parseDouble(text)).isEqualTo(value == 0 ? 0.0 : value);
    assertThat(text.length()).isLessThanOrEqualTo(26);
  }

  @Test
  void decimalsDoNotDependOnTheJdk() {
    assertThat(ManifestWriter.decimal(Double.parseDouble("2e23"))).isEqualTo("2E+23");
    assertThat(ManifestWriter.decimal(Double.MIN_NORMAL)).isEqualTo("2.2250738585072014E-308");
    assertThat(ManifestWriter.decimal(Double.MIN_VALUE))
        .isEqualTo("5E-324"); // 4.9E-324 for Double.toString
    assertThat(ManifestWriter.decimal(1)).isEqualTo("1.0");
    assertThat(ManifestWriter.decimal(-0.5)).isEqualTo("-0.5");
    assertThat(ManifestWriter.decimal(0)).isEqualTo("0.0");
    assertThat(ManifestWriter.decimal(1200)).isEqualTo("1200.0");
  }

  @Test
  void draftsThatNobodyCouldReadAreNotWritten() {
    Delta delta = new Delta(new long[] {1}, new float[1]);
    assertThatThrownBy(() -> write(with(Map.of("conv_in.weight", delta), Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a target such as");
    assertThatThrownBy(() -> write(with(Map.of(), Map.of())))
        .hasMessageContaining("changes nothing");
    assertThatThrownBy(() -> write(with(Map.of("unet/other", delta), Map.of())))
        .isInstanceOf(PatchFormatException.class)
        .hasMessageContaining("FMN-209");
    assertThatThrownBy(
            () -> write(with(deltas(PatchFileTest.draft(1)), Map.of("docs/../x", new byte[1]))))
        .isInstanceOf(PatchFormatException.class)
        .hasMessageContaining("lists docs/../x, which is not a document");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void everyCodeHasItsPlaceInTheTroubleshootingPage() throws IOException {
    String page = Files.readString(Path.of("../docs/troubleshooting.md"), StandardCharsets.UTF_8);
    String format = Files.readString(Path.of("../docs/patch-format.md"), StandardCharsets.UTF_8);
    for (PatchError error : PatchError.values()) {
      assertThat(page).as(error.name()).contains("\n### " + error.code() + "\n");
      assertThat(format).as(error.name()).contains(error.code().substring("FMN-".length()));
    }
  }
}
