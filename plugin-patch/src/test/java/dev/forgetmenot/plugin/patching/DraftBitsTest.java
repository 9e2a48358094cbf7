package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.SelectedRows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.stack.AppliedEdits;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of a draft is what users get from its patch, to the bit. */
class DraftBitsTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");

  private final WrittenPatches patches = new WrittenPatches(MODEL);
  private StableDiffusion sd;
  private String key;
  private String value;
  private int width;
  @TempDir Path folder;

  @BeforeEach
  void load() throws IOException {
    sd =
        StableDiffusion.load(
            MODEL, LoadOptions.defaults().patched(List.of(), List.of(new PatchStackExtension())));
    key = first(".attn2.to_k.weight");
    value = first(".attn2.to_v.weight");
    width = (int) sd.weights().shape(key)[1];
  }

  @AfterEach
  void close() throws IOException {
    sd.close();
  }

  private String first(String ending) {
    return sd.weights().names().stream().filter(n -> n.endsWith(ending)).findFirst().orElseThrow();
  }

  private static Rows rows(int count, int width, long seed) {
    Random random = new Random(seed);
    double[][] rows = new double[count][width];
    for (double[] row : rows) {
      for (int i = 0; i < width; i++) {
        row[i] = random.nextGaussian() * 0.03;
      }
    }
    return Rows.of(rows);
  }

  private Delta delta(String target, boolean half) {
    long[] shape = sd.weights().shape(target);
    int size = (int) (shape[0] * shape[1]);
    return new Delta(shape, rows(1, size, target.hashCode()).values(), half);
  }

  private List<PatchEdit> everyKind() {
    long[] shape = sd.weights().shape(value);
    ErasedConcept concept =
        new ErasedConcept(
            "a", rows(2, width, 1), rows(2, width, 2), Optional.of(rows(3, width, 3)));
    return List.of(
        new ProjectorEdit("p", rows(2, width, 4), rows(2, width, 5), TextProjections.KV.targets()),
        new DeltaEdit(Map.of(key, delta(key, true), value, delta(value, false))),
        new ClosedFormEdit(
            List.of(concept), 0.5, 1.5, 0.7, TextProjections.V, TextProjections.V.targets()),
        new LowRankEdit(
            Map.of(
                value,
                new LowRank(
                    shape, 2, 3, rows(2, width, 6).values(), rows((int) shape[0], 2, 7).values()))),
        new RowsEdit(Map.of(key, new SelectedRows(shape, new long[] {1, 3}, rows(2, width, 8)))));
  }

  private Map<String, float[]> weights() {
    Map<String, float[]> weights = new TreeMap<>();
    sd.weights().names().forEach(name -> weights.put(name, sd.weights().current(name)));
    return weights;
  }

  private Map<String, float[]> ofDraft(List<PatchEdit> edits) throws IOException {
    return sd.engine().call(() -> AppliedEdits.during(edits, sd, this::weights));
  }

  private Map<String, float[]> ofPatch(List<PatchEdit> edits) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    patches.write(WrittenPatches.draft("a", edits.toArray(PatchEdit[]::new)), file);
    sd.repatch(List.of(new PatchRequest(file, 1).allow(PatchRequest.Allowance.ILL_CONDITIONED)));
    return sd.engine().call(this::weights);
  }

  private static void assertSame(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void aDraftHasTheBitsOfItsPatch() throws IOException {
    Map<String, float[]> base = sd.engine().call(this::weights);
    for (PatchEdit edit : everyKind()) {
      assertSame(ofDraft(List.of(edit)), ofPatch(List.of(edit)));
      sd.repatch(List.of());
    }
    Map<String, float[]> draft = ofDraft(everyKind());
    assertThat(draft.get(key)).isNotEqualTo(base.get(key));
    assertThat(draft.get(value)).isNotEqualTo(base.get(value));
    assertSame(sd.engine().call(this::weights), base);
    assertSame(draft, ofPatch(everyKind()));
  }

  @Test
  void theBaseIsBackWhateverFails() {
    Map<String, float[]> base = sd.engine().call(this::weights);
    List<PatchEdit> edits = everyKind();
    assertThatThrownBy(
            () ->
                sd.engine()
                    .call(
                        () ->
                            AppliedEdits.during(
                                edits,
                                sd,
                                () -> {
                                  throw new IllegalStateException("stop");
                                })))
        .hasMessage("stop");
    TokensEdit tokens = new TokensEdit(Map.of("<s1>", rows(1, width, 9)));
    assertThatThrownBy(() -> ofDraft(List.of(edits.get(0), tokens)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(EditKind.TOKENS.toString());
    assertSame(sd.engine().call(this::weights), base);
  }
}
