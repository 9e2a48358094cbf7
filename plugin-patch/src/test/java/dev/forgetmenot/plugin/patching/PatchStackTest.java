package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchStackTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final Path OTHER = GoldenFolders.inProject("testkit/fixtures/sd2-tiny/model");
  private static final String BIAS = "unet/conv_in.bias";
  private static final String OUT = "unet/conv_out.bias";

  private final WrittenPatches patches = new WrittenPatches(MODEL);
  @TempDir Path folder;

  private static Delta random(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() * 0.02f;
    }
    return new Delta(new long[] {size}, values);
  }

  private Path patch(String name, long seed) throws IOException {
    int width = patches.load(List.of(BIAS)).get(BIAS).length;
    return patches.write(
        WrittenPatches.draft(name, Map.of(BIAS, random(width, seed))),
        folder.resolve(name + ".fmnpatch"));
  }

  @Test
  void weightsAreTheBaseAndTheSumRoundedOnceInAnyOrder() throws IOException {
    PatchRequest a = new PatchRequest(patch("a", 1), 0.3);
    PatchRequest b = new PatchRequest(patch("b", 2), 1);
    PatchRequest c = new PatchRequest(patch("c", 3), -0.7);
    float[] base = patches.load(List.of(BIAS)).get(BIAS);
    float[] one = patches.load(List.of(BIAS), a, b, c).get(BIAS);
    float[] two = patches.load(List.of(BIAS), c, a, b).get(BIAS);
    assertThat(two).isEqualTo(one);
    for (int i = 0; i < base.length; i++) {
      double sum =
          base[i]
              + 0.3 * random(base.length, 1).values()[i]
              + 1.0 * random(base.length, 2).values()[i]
              - 0.7 * random(base.length, 3).values()[i];
      assertThat(one[i]).isEqualTo((float) sum);
    }
  }

  @Test
  void strengthZeroAndNoPatchAreTheBase() throws IOException {
    float[] base = patches.load(List.of(BIAS)).get(BIAS);
    Path file = patch("a", 1);
    assertThat(patches.load(List.of(BIAS), new PatchRequest(file, 0)).get(BIAS)).isEqualTo(base);
    assertThat(patches.load(List.of(BIAS), new PatchRequest(file, 1)).get(BIAS)).isNotEqualTo(base);
  }

  @Test
  void whatWasTakenIsSaid() throws IOException {
    PatchRequest request = new PatchRequest(patch("a", 1), 0.5);
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(request), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      assertThat(sd.patchDescriptions()).containsExactly("a@1.0.0:0.5");
    }
  }

  @Test
  void anotherBaseIsRefusedNamingTheTensor() throws IOException {
    int width = patches.load(List.of(BIAS)).get(BIAS).length;
    int channels = patches.load(List.of(OUT)).get(OUT).length;
    var draft = WrittenPatches.draft("a", Map.of(BIAS, random(width, 1), OUT, random(channels, 2)));
    Path file =
        patches.write(
            draft,
            folder.resolve("a.fmnpatch"),
            "same-values",
            unet -> {
              Map<String, String> leaves = new TreeMap<>(unet.leaves());
              leaves.put("conv_out.bias", "0".repeat(64));
              return new Manifest.Component(
                  "1".repeat(64), BaseIdentity.root(leaves), leaves.size(), leaves);
            });
    assertThatThrownBy(() -> patches.load(List.of(), new PatchRequest(file, 1)))
        .isInstanceOf(PatchFormatException.class)
        .hasMessageContaining("FMN-504")
        .hasMessageContaining(OUT)
        .hasMessageContaining("the test's base")
        .hasMessageNotContaining(BIAS);
  }

  @Test
  void theExactPolicyWantsTheSameBytes() throws IOException {
    int width = patches.load(List.of(BIAS)).get(BIAS).length;
    var draft = WrittenPatches.draft("a", Map.of(BIAS, random(width, 1)));
    Path exact = patches.write(draft, folder.resolve("exact.fmnpatch"), "exact", unet -> unet);
    patches.load(List.of(), new PatchRequest(exact, 1));
    Path copy =
        patches.write(
            draft,
            folder.resolve("copy.fmnpatch"),
            "exact",
            unet ->
                new Manifest.Component("1".repeat(64), unet.f16(), unet.touched(), unet.leaves()));
    assertThatThrownBy(() -> patches.load(List.of(), new PatchRequest(copy, 1)))
        .hasMessageContaining("FMN-504")
        .hasMessageContaining("exactly the bytes");
  }

  @Test
  void missingTensorsAndOtherShapesAreNamed() throws IOException {
    String linear = "unet/down_blocks.0.attentions.0.proj_in.weight"; // a convolution in one model
    long[] shape = shape(linear);
    int size = 1;
    for (long length : shape) {
      size *= (int) length;
    }
    Path file =
        patches.write(
            WrittenPatches.draft("a", Map.of(linear, new Delta(shape, random(size, 1).values()))),
            folder.resolve("a.fmnpatch"));
    assertThatThrownBy(() -> new WrittenPatches(OTHER).load(List.of(), new PatchRequest(file, 1)))
        .isInstanceOf(PatchFormatException.class)
        .hasMessageContaining("FMN-503")
        .hasMessageContaining(linear);
  }

  private static long[] shape(String name) throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      return sd.weights().shape(name);
    }
  }

  @Test
  void allOrNothing() throws IOException {
    Path good = patch("good", 1);
    int width = patches.load(List.of(BIAS)).get(BIAS).length;
    Path bad =
        patches.write(
            WrittenPatches.draft("bad", Map.of(BIAS, random(width, 2))),
            folder.resolve("bad.fmnpatch"),
            "same-values",
            unet -> {
              Map<String, String> leaves = Map.of("conv_in.bias", "0".repeat(64));
              return new Manifest.Component(
                  "1".repeat(64), BaseIdentity.root(leaves), leaves.size(), leaves);
            });
    List<PatchRequest> requests = List.of(new PatchRequest(good, 1), new PatchRequest(bad, 1));
    AtomicReference<float[]> after = new AtomicReference<>();
    LoadOptions options =
        LoadOptions.defaults()
            .patched(
                requests,
                List.of(
                    model -> {
                      try {
                        new PatchStackExtension().loaded(model);
                      } finally {
                        after.set(model.weights().current(BIAS));
                      }
                    }));
    assertThatThrownBy(() -> StableDiffusion.load(MODEL, options)).hasMessageContaining("FMN-504");
    assertThat(after.get()).isEqualTo(patches.load(List.of(BIAS)).get(BIAS));
  }

  @Test
  void twiceTheSameAndStrengthsOutOfRangeAreRefused() throws IOException {
    Path file = patch("a", 1);
    assertThatThrownBy(
            () -> patches.load(List.of(), new PatchRequest(file, 1), new PatchRequest(file, 0.5)))
        .hasMessageContaining("FMN-601");
    assertThatThrownBy(() -> patches.load(List.of(), new PatchRequest(file, 50)))
        .hasMessageContaining("FMN-603")
        .hasMessageContaining("50");
    assertThatThrownBy(
            () -> patches.load(List.of(), new PatchRequest(folder.resolve("none.fmnpatch"), 1)))
        .hasMessageContaining("none.fmnpatch");
  }
}
