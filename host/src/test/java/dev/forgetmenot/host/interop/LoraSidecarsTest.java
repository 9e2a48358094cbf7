package dev.forgetmenot.host.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraSidecarsTest {
  private static final String HOSTILE = "\"}, {\"x\": \"<b>\n\\\u2028";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "stable-diffusion-v1,SD1",
    "stable-diffusion-v2-512,SD2",
    "stable-diffusion-v2-768-v,SD2",
    "other,"
  })
  void saysTheVersionThatIsKnown(String architecture, String version) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    LowRank factors = new LowRank(new long[] {1, 2}, 1, 2, new float[] {3, 4}, new float[] {1});
    PatchDraft draft =
        new PatchDraft(
            "a",
            HOSTILE,
            new Manifest.Intent("forget", List.of()),
            List.of(new LowRankEdit(Map.of("unet/a.weight", factors))),
            new Manifest.Recipe("test", Map.of(), 1, 0, "test", "1", List.of()),
            List.of(),
            Map.of());
    Manifest.Base base =
        new Manifest.Base(
            Map.of("unet", new Manifest.Component("a".repeat(64), "b".repeat(64), 1, Map.of())),
            Optional.empty(),
            Optional.empty(),
            HOSTILE,
            "same-values");
    PatchWriter.write(file, draft, base, architecture, "2026-01-01T00:00:00Z");
    try (PatchFile patch = PatchFile.open(file)) {
      new LoraSidecars(folder.resolve("x.safetensors"), 0.5).write(patch, false, JobContext.NONE);
    }
    JsonObject json =
        JsonParser.parseString(Files.readString(folder.resolve("x.json"), StandardCharsets.UTF_8))
            .getAsJsonObject();
    assertThat(json.has("sd version")).isEqualTo(version != null);
    if (version != null) {
      assertThat(json.get("sd version").getAsString()).isEqualTo(version);
    }
    assertThat(json.has("x")).isFalse();
    assertThat(json.get("description").getAsString()).isEqualTo(HOSTILE);
    assertThat(json.get("notes").getAsString()).contains("at strength 0.5", HOSTILE);
    assertThat(folder.resolve("x.preview.png")).doesNotExist();
  }
}
