package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.TextProjections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the project promises: patches of the sizes that people send by mail, manifest included. */
class PatchSizesTest {
  /** Names and shapes of SD 1.5's UNet. */
  private static final Path UNET = Path.of("../testkit/fixtures/sd15_unet_map.json");

  @TempDir Path folder;

  @Test
  void closedForms() throws IOException {
    assertThat(size("closed form, one column, d = 768", SampleEdits.closedForm(768, 1, 0)))
        .isLessThanOrEqualTo(12 << 10);
    assertThat(size("closed form, one column, d = 1024", SampleEdits.closedForm(1024, 1, 0)))
        .isLessThanOrEqualTo(14 << 10);
    assertThat(size("closed form, one column, d = 2048", SampleEdits.closedForm(2048, 1, 0)))
        .isLessThanOrEqualTo(24 << 10);
  }

  /** Of SDXL's UNet, 70 transformer blocks: 10 of 640 channels and 60 of 1280. */
  @Test
  void rankOneOnAllCrossAttentionOfXl() throws IOException {
    Map<String, LowRank> factors = new LinkedHashMap<>();
    for (int block = 0; block < 70; block++) {
      int width = block < 10 ? 640 : 1280;
      for (String part : List.of("to_q", "to_k", "to_v", "to_out.0")) {
        int read = part.matches("to_[kv]") ? 2048 : width;
        factors.put(
            "unet/down_blocks.2.attentions.0.transformer_blocks."
                + block
                + ".attn2."
                + part
                + ".weight",
            new LowRank(
                new long[] {width, read},
                1,
                1,
                SampleEdits.values(read, 1),
                SampleEdits.values(width, 2)));
      }
    }
    assertThat(size("rank 1 on the cross attention of SDXL", new LowRankEdit(factors)))
        .isLessThanOrEqualTo(6 << 20);
  }

  @Test
  void projectors() throws IOException {
    assertThat(
            size(
                "projector, 4 directions, d = 128",
                new ProjectorEdit(
                    "x",
                    SampleEdits.rows(4, 128, 1),
                    SampleEdits.rows(4, 128, 2),
                    TextProjections.KV.targets())))
        .isLessThanOrEqualTo(9_000);
  }

  @Test
  void rankOneOnAllCrossAttention() throws IOException {
    Map<String, LowRank> factors = new LinkedHashMap<>();
    for (Map.Entry<String, long[]> weight : crossAttention().entrySet()) {
      long[] shape = weight.getValue();
      factors.put(
          weight.getKey(),
          new LowRank(
              shape,
              1,
              1,
              SampleEdits.values((int) shape[1], 1),
              SampleEdits.values((int) shape[0], 2)));
    }
    assertThat(factors).hasSize(64);
    assertThat(size("rank 1 on the cross attention of SD 1.5", new LowRankEdit(factors)))
        .isLessThanOrEqualTo(2 << 20);
  }

  /** The whole of cross attention in full, as halves: what a trained patch may come to. */
  @Test
  void halvesOfAllKeysAndValues() throws IOException {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    long values = 0;
    for (Map.Entry<String, long[]> weight : crossAttention().entrySet()) {
      if (weight.getKey().matches(".*to_[kv]\\.weight")) {
        long[] shape = weight.getValue();
        int count = (int) (shape[0] * shape[1]);
        values += count;
        deltas.put(weight.getKey(), new Delta(shape, SampleEdits.values(count, 1), true));
      }
    }
    assertThat(size("keys and values of SD 1.5 as halves", new DeltaEdit(deltas)))
        .isBetween((int) (2 * values), (int) (2 * values) + 24_000);
  }

  private static Map<String, long[]> crossAttention() throws IOException {
    JsonObject map =
        JsonParser.parseString(Files.readString(UNET, StandardCharsets.UTF_8)).getAsJsonObject();
    Map<String, long[]> weights = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : map.entrySet()) {
      if (entry.getKey().matches(".*\\.attn2\\.to_(q|k|v|out\\.0)\\.weight")) {
        JsonArray shape = entry.getValue().getAsJsonArray().get(1).getAsJsonArray();
        weights.put(
            "unet/" + entry.getKey(),
            new long[] {shape.get(0).getAsLong(), shape.get(1).getAsLong()});
      }
    }
    return weights;
  }

  /** With a recipe, evidence and a page for people, as an editor writes it. */
  private int size(String what, PatchEdit edit) throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < 12; i++) {
      parameters.put("hyper-parameter-" + i, "some value " + i);
    }
    List<Manifest.Evidence> evidence = new ArrayList<>();
    for (String prompt : List.of("a photo of x", "a painting of x", "a photo of y")) {
      evidence.add(new Manifest.Evidence(prompt, 1, 20, "recognised", 1, 0));
    }
    PatchDraft bare = SampleEdits.draft(edit);
    PatchMetadata said =
        new PatchMetadata(
            "1.0.0", "CC0-1.0", List.of("An Author"), Manifest.Stacking.NONE, Optional.empty());
    PatchDraft draft =
        new PatchDraft(
            bare.name(),
            bare.description(),
            bare.intent(),
            bare.edits(),
            new Manifest.Recipe("closed-form", parameters, 7, 0, "fmn", "0.1.0", List.of()),
            evidence,
            Map.of("docs/readme.md", "Forgets x.".getBytes(StandardCharsets.UTF_8)),
            said);
    int touched = edit.changed().size() == 2 ? 32 : edit.changed().size();
    Path file = folder.resolve("a.fmnpatch");
    PatchWriter.write(
        file, draft, SampleEdits.base(touched), "stable-diffusion-v1", SampleEdits.CREATED);
    PatchFile.open(file).close();
    int size = (int) Files.size(file);
    System.err.println("measured: " + what + ": " + size + " bytes");
    return size;
  }
}
