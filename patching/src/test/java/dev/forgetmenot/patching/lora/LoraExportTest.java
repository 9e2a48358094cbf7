package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Patches as LoRA files, against dW in plain loops from the formulas. */
class LoraExportTest extends LoraFiles {
  private static final String KEYS_WEIGHT = target(KEYS);
  private static final String CONV_WEIGHT = target(CONV);
  private static final String BIAS = "unet/down_blocks.0.resnets.0.conv1.bias";
  private static final int D = SIDE;

  private PatchFile patch(PatchEdit... edits) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    PatchDraft draft =
        new PatchDraft(
            "a",
            "A test.",
            new Manifest.Intent(
                "forget", List.of(new Manifest.IntentConcept("a", "object", List.of()))),
            List.of(edits),
            new Manifest.Recipe("test", Map.of(), 0, 0, "test", "1", List.of()),
            List.of(),
            Map.of());
    Manifest.Base bound = new BaseBinding(model.base()).of(draft);
    PatchWriter.write(file, draft, bound, "other", "2026-01-01T00:00:00Z");
    return PatchFile.open(file);
  }

  /** Out through a file and in again: dW by target. */
  private static Map<String, double[]> through(LoraNaming naming, LoraExport.Result result)
      throws IOException {
    SafetensorsWriter writer = naming.writer(result.products(), result.deltas());
    try (LoraFile file = LoraFile.read("a", ByteBuffer.wrap(writer.toBytes()))) {
      return Dense.of(LoraImport.edits(file, base, Map.of()));
    }
  }

  private static LoraExport.Result exact(PatchFile patch, double strength) throws IOException {
    return LoraExport.of(patch, Optional.of(base), strength, Optional.empty(), false);
  }

  private static LowRank factors(double alpha) {
    return new LowRank(new long[] {D, D}, 3, alpha, Dense.random(1, 3, D), Dense.random(2, D, 3));
  }

  @ParameterizedTest
  @EnumSource(LoraNaming.class)
  void factorsGoOutAndComeInAgain(LoraNaming naming) throws IOException {
    long[] conv = base.shape("unet", CONV_WEIGHT.substring(5));
    int in = (int) conv[1] * 9;
    LowRank wide = new LowRank(conv, 2, 2, Dense.random(3, 2, in), Dense.random(4, conv[0], 2));
    try (PatchFile patch =
        patch(new LowRankEdit(Map.of(KEYS_WEIGHT, factors(0.75), CONV_WEIGHT, wide)))) {
      Map<String, double[]> found = through(naming, exact(patch, -0.5));
      double[] keys =
          Dense.product(-0.5 * 0.75 / 3, D, 3, D, Dense.random(2, D, 3), Dense.random(1, 3, D));
      double[] convolution =
          Dense.product(
              -0.5, (int) conv[0], 2, in, Dense.random(4, conv[0], 2), Dense.random(3, 2, in));
      assertThat(found).containsOnlyKeys(KEYS_WEIGHT, CONV_WEIGHT);
      assertThat(Dense.apart(keys, found.get(KEYS_WEIGHT))).isLessThan(2e-7);
      assertThat(Dense.apart(convolution, found.get(CONV_WEIGHT))).isLessThan(2e-7);
      if (naming == LoraNaming.KOHYA) {
        assertThat(found.get(KEYS_WEIGHT))
            .containsExactly(keys); // the scale stays beside the factors
      }
    }
  }

  @Test
  void aProjectorIsWeightTimesLeftAndRight() throws IOException {
    float[] left = Dense.random(5, 2, D);
    float[] right = Dense.random(6, 2, D);
    ProjectorEdit edit =
        new ProjectorEdit(
            "a", new Rows(2, D, left), new Rows(2, D, right), TextProjections.KV.targets());
    try (PatchFile patch = patch(edit)) {
      Map<String, double[]> found = through(LoraNaming.KOHYA, exact(patch, 0.5));
      assertThat(found).hasSize(22);
      for (Map.Entry<String, double[]> entry : found.entrySet()) {
        float[] w = base.floats("unet", entry.getKey().substring(5));
        int out = w.length / D;
        double[] expected = new double[w.length];
        for (int o = 0; o < out; o++) {
          for (int k = 0; k < 2; k++) {
            double seen = 0;
            for (int j = 0; j < D; j++) {
              seen += (double) w[o * D + j] * left[k * D + j];
            }
            for (int j = 0; j < D; j++) {
              expected[o * D + j] -= 0.5 * seen * right[k * D + j];
            }
          }
        }
        assertThat(Dense.apart(expected, entry.getValue())).isLessThan(2e-7);
      }
    }
  }

  @Test
  void oneClosedFormIsExact() throws IOException {
    float[] c = Dense.random(7, 1, D);
    float[] g = Dense.random(8, 1, D);
    double lambda = 0.1;
    ClosedFormEdit edit =
        new ClosedFormEdit(
            List.of(new ErasedConcept("a", new Rows(1, D, c), new Rows(1, D, g), Optional.empty())),
            lambda,
            1,
            0,
            TextProjections.K,
            TextProjections.K.targets());
    try (PatchFile patch = patch(edit)) {
      Map<String, double[]> found = through(LoraNaming.DIFFUSERS, exact(patch, 1));
      assertThat(found).hasSize(11);
      // One column: A⁻¹c = c / (λ + cᵀc), so that dW = W(g − c)cᵀ / (λ + cᵀc).
      double length = lambda;
      for (float value : c) {
        length += (double) value * value;
      }
      for (Map.Entry<String, double[]> entry : found.entrySet()) {
        float[] w = base.floats("unet", entry.getKey().substring(5));
        double[] expected = new double[w.length];
        for (int o = 0; o < w.length / D; o++) {
          double moved = 0;
          for (int j = 0; j < D; j++) {
            moved += w[o * D + j] * ((double) g[j] - c[j]);
          }
          for (int j = 0; j < D; j++) {
            expected[o * D + j] = moved * c[j] / length;
          }
        }
        assertThat(Dense.apart(expected, entry.getValue())).isLessThan(3e-7);
      }
    }
  }

  @Test
  void editsOfOneWeightAreOneProduct() throws IOException {
    float[] left = Dense.random(5, 1, D);
    float[] right = Dense.random(6, 1, D);
    ProjectorEdit projector =
        new ProjectorEdit("a", new Rows(1, D, left), new Rows(1, D, right), List.of(KEYS_WEIGHT));
    double[] both;
    try (PatchFile patch = patch(projector, new LowRankEdit(Map.of(KEYS_WEIGHT, factors(6))))) {
      LoraExport.Result result = exact(patch, 1);
      assertThat(result.products().get(KEYS_WEIGHT).rank()).isEqualTo(4);
      both = through(LoraNaming.KOHYA, result).get(KEYS_WEIGHT);
    }
    double[] sum = Dense.of(factors(6));
    try (PatchFile patch = patch(projector)) {
      double[] one = through(LoraNaming.KOHYA, exact(patch, 1)).get(KEYS_WEIGHT);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += one[i];
      }
    }
    assertThat(Dense.apart(sum, both)).isLessThan(2e-7);
  }

  @Test
  void whatIsNoProductIsRefusedUnlessItIsAskedFor() throws IOException {
    long[] shape = base.shape("unet", CONV_WEIGHT.substring(5));
    float[] values = Dense.random(1, shape);
    float[] bias = Dense.random(2, shape[0]);
    DeltaEdit edit =
        new DeltaEdit(
            Map.of(
                CONV_WEIGHT,
                new Delta(shape, values),
                BIAS,
                new Delta(new long[] {shape[0]}, bias)));
    try (PatchFile patch = patch(edit)) {
      assertThatThrownBy(() -> exact(patch, 1))
          .isInstanceOf(LoraException.class)
          .hasMessageContaining(CONV_WEIGHT)
          .hasMessageContaining("--rank")
          .hasMessageContaining(BIAS);
      LoraExport.Result full = LoraExport.of(patch, Optional.empty(), 2, Optional.empty(), true);
      Map<String, double[]> found = through(LoraNaming.KOHYA, full);
      assertThat(found).containsOnlyKeys(CONV_WEIGHT, BIAS);
      assertThat(found.get(BIAS)[1]).isEqualTo(2.0 * bias[1]);
      assertThatThrownBy(() -> LoraNaming.DIFFUSERS.writer(full.products(), full.deltas()))
          .hasMessageContaining("--names kohya");
    }
    try (PatchFile patch = patch(new DeltaEdit(Map.of(CONV_WEIGHT, new Delta(shape, values))))) {
      Optional<DifferenceForm> rank =
          Optional.of(
              new DifferenceForm(
                  DifferenceForm.Kind.LOWRANK, OptionalInt.of(32), OptionalDouble.empty()));
      LoraExport.Result svd = LoraExport.of(patch, Optional.empty(), 1, rank, false);
      assertThat(svd.notes()).singleElement().asString().contains("rank 32 leaves");
      double[] expected = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        expected[i] = values[i];
      }
      assertThat(Dense.apart(expected, through(LoraNaming.KOHYA, svd).get(CONV_WEIGHT)))
          .isLessThan(1e-6);
    }
    try (PatchFile patch =
        patch(new TokensEdit(Map.of("<a>", new Rows(1, D, Dense.random(1, D)))))) {
      assertThatThrownBy(() -> exact(patch, 1)).hasMessageContaining("--to embeddings");
    }
    try (PatchFile patch =
        patch(
            new ProjectorEdit(
                "a",
                new Rows(1, D, Dense.random(1, D)),
                new Rows(1, D, Dense.random(2, D)),
                List.of(KEYS_WEIGHT)))) {
      assertThatThrownBy(() -> LoraExport.of(patch, Optional.empty(), 1, Optional.empty(), false))
          .hasMessageContaining("--model");
    }
  }

  @Test
  void theHeaderSaysWhatOtherToolsLookFor() throws IOException {
    try (PatchFile patch = patch(new LowRankEdit(Map.of(KEYS_WEIGHT, factors(0.75))))) {
      LoraExport.Result result = exact(patch, 1);
      SafetensorsWriter writer = LoraNaming.KOHYA.writer(result.products(), result.deltas());
      LoraMetadata metadata =
          new LoraMetadata(patch.manifest(), patch.id(), 1, result.products().values());
      Path file = folder.resolve("a.safetensors");
      writer.metadata(metadata.of(writer)).write(file);
      try (SafetensorsFile written = SafetensorsFile.open(file, SafetensorsLimits.PATCH)) {
        assertThat(written.metadata())
            .containsEntry("modelspec.sai_model_spec", "1.0.1")
            .containsEntry("modelspec.architecture", "other/lora")
            .containsEntry("ss_network_module", "networks.lora")
            .containsEntry("ss_network_dim", "3")
            .containsEntry("ss_network_alpha", "0.75")
            .containsEntry("fmn.patch_id", patch.id());
        byte[] all = Files.readAllBytes(file);
        byte[] data = Arrays.copyOfRange(all, (int) written.dataBegin(), all.length);
        assertThat(written.metadata().get("modelspec.hash_sha256"))
            .isEqualTo("0x" + Sha256.hex(data));
      }
    }
  }
}
