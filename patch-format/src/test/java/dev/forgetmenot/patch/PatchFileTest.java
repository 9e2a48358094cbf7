package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchFileTest {
  static final String CREATED = "2026-01-02T03:04:05Z";
  @TempDir Path folder;

  @Test
  void comesBackAsItWasWritten() throws IOException {
    Path file = write("a.fmnpatch");
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest().name()).isEqualTo("forget-x");
      assertThat(patch.manifest().recipe().parameters()).containsEntry("learning-rate", "3e-4");
      assertThat(SampleEdits.delta(patch, "unet/a.weight")).containsExactly(1, -2, 3, 4);
      assertThat(SampleEdits.delta(patch, "unet/a.bias")).containsExactly(0.5f, 0.25f);
      assertThat(patch.id()).hasSize(64);
      assertThat(new String(patch.content("docs/readme.md"), StandardCharsets.UTF_8))
          .isEqualTo("x");
    }
  }

  @Test
  void givesTheSameBytesInAnyZoneAndLocale() throws IOException {
    byte[] here = Files.readAllBytes(write("a.fmnpatch"));
    TimeZone zone = TimeZone.getDefault();
    Locale locale = Locale.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertThat(Files.readAllBytes(write("b.fmnpatch"))).isEqualTo(here);
      TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
      assertThat(Files.readAllBytes(write("c.fmnpatch"))).isEqualTo(here);
    } finally {
      TimeZone.setDefault(zone);
      Locale.setDefault(locale);
    }
  }

  @Test
  void givesTheBytesOfTheGoldenFile() throws IOException {
    try (var golden = PatchFileTest.class.getResourceAsStream("golden-1.0.fmnpatch")) {
      assertThat(Files.readAllBytes(write("a.fmnpatch"))).isEqualTo(golden.readAllBytes());
    }
  }

  @Test
  void refusesAnythingAround() throws IOException {
    byte[] good = Files.readAllBytes(write("a.fmnpatch"));
    Path bad = folder.resolve("bad.fmnpatch");
    Files.write(bad, Arrays.copyOf(good, good.length + 1));
    assertError(bad, PatchError.PREFIX_OR_TRAILING);
    byte[] shifted = new byte[good.length + 1];
    System.arraycopy(good, 0, shifted, 1, good.length);
    Files.write(bad, shifted);
    assertError(bad, PatchError.NOT_A_ZIP);
    Files.write(bad, new byte[] {(byte) 0x80, 2, 'c'});
    assertError(bad, PatchError.PICKLE);
    assertError(folder.resolve("none"), PatchError.NOT_A_ZIP);
  }

  @Test
  void readsManifestsByTheVersionRule() throws IOException {
    String json = manifest();
    assertThat(read(json).name()).isEqualTo("forget-x");
    assertRefused(json.replace("\"major\": 1", "\"major\": 2"), PatchError.MAJOR_VERSION);
    assertRefused(
        json.replace("\"requiredFeatures\": []", "\"requiredFeatures\": [\"gate\"]"),
        PatchError.FEATURE);
    String unknown = json.replaceFirst("\\{", "{\"colour\": 1,");
    assertRefused(unknown, PatchError.UNKNOWN_MEMBER);
    assertThat(read(unknown.replace("\"minor\": 0", "\"minor\": 6")).name()).isEqualTo("forget-x");
    assertThat(read(json.replaceFirst("\\{", "{\"extensions\": {\"a\": [1]},")).name())
        .isEqualTo("forget-x");
    assertRefused(json.replaceFirst("\\{", "{\"name\": \"a\","), PatchError.DUPLICATE_KEY);
    assertRefused(json + "{}", PatchError.SYNTAX);
    assertRefused(json.substring(0, json.length() / 2), PatchError.SYNTAX);
    assertRefused("[".repeat(40) + "]".repeat(40), PatchError.SYNTAX);
    assertRefused(
        json.replaceFirst("\\{", "{\"extensions\": " + "[".repeat(40) + "]".repeat(40) + ","),
        PatchError.TOO_DEEP_OR_LARGE);
    assertRefused(json.replace("\"seed\": 7", "\"seed\": 7.5"), PatchError.TYPE_OR_RANGE);
    assertRefused(
        json.replace("\"seed\": 7", "\"seed\": 9007199254740993"), PatchError.TYPE_OR_RANGE);
    assertRefused(json.replace("\"seed\": 7", "\"seed\": \"7\""), PatchError.TYPE_OR_RANGE);
    // a kind of a later version cannot be passed over
    assertRefused(
        json.replace("\"kind\": \"delta\"", "\"kind\": \"later\"")
            .replace("\"minor\": 0", "\"minor\": 6"),
        PatchError.FEATURE);
    for (String[] change :
        new String[][] {
          {"\"target\": \"unet/a.bias\"", "\"target\": \"unet/b.bias\""},
          {"\"target\": \"unet/a.bias\"", "\"target\": \"vae/a.bias\""},
          {"\"target\": \"unet/a.bias\"", "\"target\": \"unet/a.weight\""},
          {"\"component\": \"unet\"", "\"component\": \"vae\""},
          {"\"a.bias\": \"bb", "\"a.bias\": \"cc"},
          {"\"min\": -2.0", "\"min\": 2.0"},
          {"\"path\": \"tensors/delta.safetensors\"", "\"path\": \"docs/a.png\""},
          {"\"path\": \"docs/readme.md\"", "\"path\": \"tensors/other.safetensors\""}
        }) {
      assertThat(json).contains(change[0]);
      assertRefused(json.replace(change[0], change[1]), PatchError.INCONSISTENT);
    }
    assertRefused(json.replace("\"a.bias\": \"bb", "\"a.bias\": \"BB"), PatchError.TYPE_OR_RANGE);
    assertRefused(
        json.replace("\"kind\": \"delta\"", "\"kind\": \"other\""), PatchError.TYPE_OR_RANGE);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    bytes[json.indexOf("forget-x")] = (byte) 0xff;
    assertThatThrownBy(() -> ManifestReader.read("x", bytes))
        .isInstanceOfSatisfying(
            PatchFormatException.class, e -> assertThat(e.error()).isEqualTo(PatchError.UTF8));
  }

  @Test
  void valuesThatAreNotFiniteAreNotWritten() {
    Path file = folder.resolve("nan.fmnpatch");
    assertThatThrownBy(() -> PatchWriter.write(file, draft(Float.NaN), base(), "other", CREATED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unet/a.weight");
    assertThat(file).doesNotExist();
  }

  @Test
  void leavesAgreeBetweenABaseAndItsHalfCopy() {
    ByteBuffer f32 = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    f32.putFloat(0.1f).putFloat(-3).flip();
    ByteBuffer f16 = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    f16.putShort((short) 0x2e66).putShort((short) 0xc200).flip();
    long[] shape = {2};
    assertThat(BaseIdentity.halfLeaf("a", DType.F32, shape, f32))
        .isEqualTo(BaseIdentity.halfLeaf("a", DType.F16, shape, f16))
        .isEqualTo(BaseIdentity.leaf("a", DType.F16, shape, f16))
        .isNotEqualTo(BaseIdentity.leaf("a", DType.F32, shape, f32))
        .isNotEqualTo(BaseIdentity.leaf("b", DType.F16, shape, f16));
    // computed from the definition with another language's hash functions
    assertThat(BaseIdentity.leaf("a", DType.F32, shape, f32))
        .isEqualTo("4b161dc9261e2411177a044b37fbf93f8d24be303c1b768b3ef290a6a051a2dc");
    assertThat(BaseIdentity.root(Map.of("a", "00".repeat(32), "b", "11".repeat(32))))
        .isEqualTo("a41b8877f4774bf509f861efaa7d252bfa5d962ffd55f713e73ca8e6dc8fe23b");
  }

  private void assertError(Path file, PatchError error) {
    assertThatThrownBy(() -> PatchFile.open(file).close())
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> {
              assertThat(e.error()).isEqualTo(error);
              assertThat(e)
                  .hasMessageContaining(error.code())
                  .hasMessageContaining(file.toString());
            });
  }

  private static Manifest read(String json) throws PatchFormatException {
    return ManifestReader.read("x.fmnpatch", json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(String json, PatchError error) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  private String manifest() throws IOException {
    try (PatchFile patch = PatchFile.open(write("m.fmnpatch"))) {
      return new String(patch.content("manifest.json"), StandardCharsets.UTF_8);
    }
  }

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name);
    PatchWriter.write(file, draft(1), base(), "stable-diffusion-v1", CREATED);
    return file;
  }

  /** Writes the small patch of these tests. */
  static void write(Path file, float first) throws IOException {
    PatchWriter.write(file, draft(first), base(), "stable-diffusion-v1", CREATED);
  }

  static Manifest.Base base() {
    Map<String, String> leaves = Map.of("a.weight", "aa".repeat(32), "a.bias", "bb".repeat(32));
    return new Manifest.Base(
        Map.of(
            "unet",
            new Manifest.Component(
                "cc".repeat(32), BaseIdentity.root(leaves), leaves.size(), leaves)),
        Optional.empty(),
        Optional.of(new Manifest.Tokenizer("ee".repeat(32), "ff".repeat(32))),
        "tiny",
        "same-values");
  }

  static PatchDraft draft(float first) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    deltas.put("unet/a.weight", new Delta(new long[] {2, 2}, new float[] {first, -2, 3, 4}));
    deltas.put("unet/a.bias", new Delta(new long[] {2}, new float[] {0.5f, 0.25f}));
    return new PatchDraft(
        "forget-x",
        "Forgets x",
        new Manifest.Intent(
            "forget", List.of(new Manifest.IntentConcept("x", "object", List.of("a photo of x")))),
        List.of(new DeltaEdit(deltas)),
        new Manifest.Recipe(
            "resteer", Map.of("learning-rate", "3e-4"), 7, 35, "fmn", "0.1.0", List.of()),
        List.of(new Manifest.Evidence("a photo of x", 1, 20, "recognised", 1, 0)),
        Map.of("docs/readme.md", "x".getBytes(StandardCharsets.UTF_8)));
  }
}
