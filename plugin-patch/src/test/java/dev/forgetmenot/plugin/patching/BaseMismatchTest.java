package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchRequest.Allowance;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches on a base that is not theirs: only when asked, only where they fit, and what is said. */
class BaseMismatchTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String ONE = "unet/conv_in.bias";
  private static final String TWO = "unet/conv_out.bias";

  @TempDir Path folder;

  /** A patch that adds 0.25 to two biases, for a base of which the first was another. */
  private Path write(UnaryOperator<Manifest.Base> change) throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(MODEL)) {
      BaseTensors base = model.base().tensors();
      Map<String, Delta> deltas = new TreeMap<>();
      for (String target : List.of(ONE, TWO)) {
        long[] shape = base.shape("unet", target.substring(5));
        float[] values = new float[(int) shape[0]];
        Arrays.fill(values, 0.25f);
        deltas.put(target, new Delta(shape, values));
      }
      PatchDraft draft = WrittenPatches.draft("a", deltas);
      Manifest.Base own = new BaseBinding(model.base()).of(draft);
      return WrittenPatches.writeFor(
          change.apply(own), model.base().architecture(), draft, folder.resolve("a.fmnpatch"));
    }
  }

  private static Manifest.Base otherFirst(Manifest.Base base, String policy) {
    Manifest.Component unet = base.components().get("unet");
    Map<String, String> leaves = new TreeMap<>(unet.leaves());
    leaves.put("conv_in.bias", "0".repeat(64));
    String none = "0".repeat(64);
    return new Manifest.Base(
        Map.of(
            "unet",
            new Manifest.Component(none, BaseIdentity.root(leaves), unet.touched(), leaves)),
        base.textEncoder(),
        base.tokenizer(),
        base.label(),
        policy);
  }

  private static String said(Path model, PatchRequest request) throws IOException {
    try (ModelOnDisk stored = ModelOnDisk.open(model);
        PatchStack stack = PatchStack.open(List.of(request))) {
      return stack.on(stored.base()).descriptions().get(request);
    }
  }

  @Test
  void isRefusedUnlessAskedForAndThenSaidByBlock() throws IOException {
    for (String policy : List.of("same-values", "exact", "same-architecture")) {
      PatchRequest request = new PatchRequest(write(base -> otherFirst(base, policy)), 1);
      assertThatThrownBy(() -> said(MODEL, request))
          .isInstanceOfSatisfying(
              PatchFormatException.class,
              e -> assertThat(e.error()).isEqualTo(PatchError.VALUES_DIFFER))
          .hasMessageContaining("unet/conv_in.bias")
          .hasMessageContaining("--other-base");
      PatchRequest allowed = request.allow(Allowance.OTHER_BASE).allow(Allowance.LARGE_CHANGES);
      assertThat(said(MODEL, allowed))
          .startsWith("a@1.0.0:1.0 (on another base, as asked)")
          .contains("\n  unet/conv_in: changes " + share("conv_in.bias"))
          .contains("of the weights; 0 of 1 are its base's")
          .contains("\n  unet/conv_out: changes " + share("conv_out.bias"))
          .contains("of the weights; 1 of 1 are its base's");
      assertThat(said(MODEL, allowed.at(0))).isEqualTo("a@1.0.0:0.0 (on another base, as asked)");
    }
  }

  /** What 0.25 everywhere is of a bias. */
  private static String share(String name) throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(MODEL)) {
      float[] values = model.base().tensors().floats("unet", name);
      double norm = 0;
      for (float value : values) {
        norm += (double) value * value;
      }
      return String.format(
          java.util.Locale.ROOT, "%.3g", 0.25 * Math.sqrt(values.length) / Math.sqrt(norm));
    }
  }

  @Test
  void itsOwnBaseIsNoOtherBase() throws IOException {
    PatchRequest request =
        new PatchRequest(write(base -> base), 1)
            .allow(Allowance.OTHER_BASE)
            .allow(Allowance.LARGE_CHANGES);
    assertThat(said(MODEL, request)).isEqualTo("a@1.0.0:1.0");
  }

  @Test
  void otherShapesAreRefusedAllTheSame() throws IOException {
    String name = "time_embedding.linear_1.bias";
    Path wide;
    try (ModelOnDisk model = ModelOnDisk.open(MODEL)) {
      long[] shape = {model.base().tensors().shape("unet", name)[0] * 2};
      PatchDraft draft =
          WrittenPatches.draft(
              "b", Map.of("unet/" + name, new Delta(shape, new float[(int) shape[0]])));
      Manifest.Base own = new BaseBinding(model.base()).of(draft);
      wide =
          WrittenPatches.writeFor(
              own, model.base().architecture(), draft, folder.resolve("b.fmnpatch"));
    }
    PatchRequest request = new PatchRequest(wide, 1).allow(Allowance.OTHER_BASE);
    assertThatThrownBy(() -> said(MODEL, request))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).isEqualTo(PatchError.BASE_SHAPE));
  }
}
