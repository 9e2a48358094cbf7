package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchRequest.Allowance;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchMetadata;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.JointSystem;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What patches of a stack say of each other, ill-conditioned systems, and light switching. */
class StackChecksTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String BIAS = "unet/conv_in.bias";
  private static final String OTHER = "unet/conv_out.bias";

  @TempDir Path folder;
  private ModelOnDisk stored;

  @BeforeEach
  void open() throws IOException {
    stored = ModelOnDisk.open(MODEL);
  }

  @AfterEach
  void close() throws IOException {
    stored.close();
  }

  private PatchRequest patch(String name, Manifest.Stacking stacking, PatchEdit edit)
      throws IOException {
    BaseModel base = stored.base();
    PatchDraft draft =
        WrittenPatches.draft(name, edit)
            .publication(new PatchMetadata("1.0.0", "", List.of(), stacking, Optional.empty()));
    Path file = folder.resolve(name + ".fmnpatch");
    PatchWriter.write(
        file, draft, new BaseBinding(base).of(draft), base.architecture(), "2026-01-01T00:00:00Z");
    return new PatchRequest(file, 1);
  }

  private DeltaEdit delta(String target, float value) {
    String name = target.substring(target.indexOf('/') + 1);
    long[] shape = stored.base().tensors().shape("unet", name);
    float[] values = new float[(int) shape[0]];
    values[0] = value;
    return new DeltaEdit(Map.of(target, new Delta(shape, values)));
  }

  private static Manifest.Stacking requires(String... names) {
    return new Manifest.Stacking(0, List.of(), List.of(names), List.of());
  }

  private static Manifest.Stacking supersedes(String... names) {
    return new Manifest.Stacking(0, List.of(), List.of(), List.of(names));
  }

  private static void open(PatchRequest... requests) throws IOException {
    PatchStack.open(List.of(requests)).close();
  }

  @Test
  void whatAPatchNeedsMustBeThereByNameOrId() throws IOException {
    PatchRequest first = patch("first", Manifest.Stacking.NONE, delta(BIAS, 0.001f));
    String id;
    try (PatchStack one = PatchStack.open(List.of(first))) {
      id = one.layers().get(0).file().id();
    }
    PatchRequest byName = patch("by-name", requires("first"), delta(BIAS, 0.002f));
    PatchRequest byId = patch("by-id", requires(id, "by-name"), delta(BIAS, 0.003f));
    open(first, byName, byId);
    open(byId, byName, first);
    assertThatThrownBy(() -> open(byName, byId))
        .isInstanceOf(PatchFormatException.class)
        .hasMessageContaining("FMN-602")
        .satisfies(e -> assertThat(e.getMessage()).containsAnyOf("first", id));
    assertThatThrownBy(() -> open(byId))
        .hasMessageContaining("FMN-602")
        .hasMessageContaining(id + ", by-name")
        .hasMessageContaining("by-id.fmnpatch");
    PatchRequest itself = patch("itself", requires("itself"), delta(BIAS, 0.004f));
    assertThatThrownBy(() -> open(itself)).hasMessageContaining("FMN-602");
  }

  @Test
  void whatAPatchReplacesMustGo() throws IOException {
    PatchRequest old = patch("old", Manifest.Stacking.NONE, delta(BIAS, 0.001f));
    PatchRequest fresh = patch("fresh", supersedes("old", "fresh"), delta(BIAS, 0.002f));
    open(fresh);
    assertThatThrownBy(() -> open(old, fresh))
        .hasMessageContaining("FMN-601")
        .hasMessageContaining("takes the place of")
        .hasMessageContaining("old.fmnpatch");
  }

  /** I + D = I + (g − c)cᵀ/(λ + |c|²) is singular where cᵀg = −λ. */
  @Test
  void illConditionedSystemsAreRefusedUnlessAllowed() throws IOException {
    PatchRequest near = patch("near", Manifest.Stacking.NONE, opposite(0.9));
    PatchRequest singular = patch("singular", Manifest.Stacking.NONE, opposite(1));
    try (PatchStack stack = PatchStack.open(List.of(near))) {
      JointSystem system = stack.on(stored.base()).weights().systems().get(0);
      assertThat(system.condition()).isBetween(10.0, JointSystem.LIMIT);
      assertThat(system.solution().residuals()).hasSize(1);
    }
    assertThatThrownBy(() -> onBase(singular))
        .isInstanceOf(PatchFormatException.class)
        .hasMessageContaining("FMN-604")
        .hasMessageContaining("singular.fmnpatch")
        .hasMessageContaining("cond(I + D)")
        .hasMessageContaining("--force-patches");
    onBase(singular.at(0.5));
    onBase(singular.allow(Allowance.ILL_CONDITIONED));
  }

  private void onBase(PatchRequest request) throws IOException {
    try (PatchStack stack = PatchStack.open(List.of(request))) {
      stack.on(stored.base());
    }
  }

  private ClosedFormEdit opposite(double share) {
    String key =
        stored.base().tensors().names("unet").stream()
            .filter(name -> name.endsWith(".attn2.to_k.weight"))
            .findFirst()
            .orElseThrow();
    int width = (int) stored.base().tensors().shape("unet", key)[1];
    double lambda = 0.5;
    double[][] target = new double[1][width];
    double[][] guide = new double[1][width];
    target[0][0] = 1;
    guide[0][0] = -lambda * share;
    return new ClosedFormEdit(
        List.of(new ErasedConcept("c", Rows.of(target), Rows.of(guide), Optional.empty())),
        lambda,
        1,
        1,
        TextProjections.KV,
        TextProjections.KV.targets());
  }

  @Test
  void switchingTouchesOnlyWhatChanges() throws IOException {
    PatchRequest a = patch("a", Manifest.Stacking.NONE, delta(BIAS, 0.001f));
    PatchRequest b = patch("b", Manifest.Stacking.NONE, delta(OTHER, 0.001f));
    PatchRequest c =
        patch("c", Manifest.Stacking.NONE, delta("unet/time_embedding.linear_1.bias", 0.001f));
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(a, b), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      Map<String, NDArray> first = arrays(sd);
      sd.repatch(List.of(c, a));
      assertThat(replaced(first, arrays(sd)))
          .containsExactly(OTHER, "unet/time_embedding.linear_1.bias");
      Map<String, NDArray> second = arrays(sd);
      sd.repatch(List.of(a, c));
      assertThat(replaced(second, arrays(sd))).isEmpty();
      sd.repatch(List.of(a.at(0.5), c));
      assertThat(replaced(second, arrays(sd))).containsExactly(BIAS);
      // Replaced by hand: nobody knows what it is any more, and it is computed again.
      sd.engine().run(() -> sd.weights().replace(BIAS, sd.weights().base(BIAS)));
      Map<String, NDArray> third = arrays(sd);
      sd.repatch(List.of(a.at(0.5), c));
      assertThat(replaced(third, arrays(sd))).containsExactly(BIAS);
      sd.repatch(List.of());
      sd.engine()
          .run(
              () -> {
                assertThat(sd.weights().current(BIAS)).isEqualTo(sd.weights().base(BIAS));
                assertThat(sd.weights().parameter(BIAS).changed()).isFalse();
              });
    }
  }

  private static Map<String, NDArray> arrays(StableDiffusion sd) {
    return sd.engine()
        .call(
            () -> {
              Map<String, NDArray> arrays = new TreeMap<>();
              sd.weights().parameters().forEach((name, cell) -> arrays.put(name, cell.array()));
              return arrays;
            });
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the very same array
  private static List<String> replaced(Map<String, NDArray> before, Map<String, NDArray> after) {
    List<String> names = new ArrayList<>();
    before.forEach(
        (name, array) -> {
          if (array != after.get(name)) {
            names.add(name);
          }
        });
    return names;
  }
}
