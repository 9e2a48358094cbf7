package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
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
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind on a real model: weights are what the formulas give, worked out here the long way. */
class PatchKindsTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String CONVOLUTION = "unet/conv_in.weight";

  private final WrittenPatches patches = new WrittenPatches(MODEL);
  private final Map<String, float[]> base = new TreeMap<>();
  private final Map<String, long[]> shapes = new TreeMap<>();
  private final List<String> keys = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private int width;
  @TempDir Path folder;

  @BeforeEach
  void readTheBase() throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      sd.engine()
          .run(
              () -> {
                for (String name : sd.weights().names()) {
                  base.put(name, sd.weights().base(name));
                  shapes.put(name, sd.weights().shape(name));
                }
              });
    }
    base.keySet().stream().filter(n -> n.endsWith(".attn2.to_k.weight")).forEach(keys::add);
    base.keySet().stream().filter(n -> n.endsWith(".attn2.to_v.weight")).forEach(values::add);
    width = (int) shapes.get(keys.get(0))[1];
  }

  private static Rows rows(int count, int width, long seed, double scale) {
    Random random = new Random(seed);
    double[][] rows = new double[count][width];
    for (double[] row : rows) {
      for (int i = 0; i < width; i++) {
        row[i] = random.nextGaussian() * scale;
      }
    }
    return Rows.of(rows);
  }

  private LowRank factors(String target, int rank, double alpha, long seed, double scale) {
    long[] shape = shapes.get(target);
    int in = base.get(target).length / (int) shape[0];
    return new LowRank(
        shape,
        rank,
        alpha,
        rows(rank, in, seed, scale).values(),
        rows((int) shape[0], rank, seed + 1, scale).values());
  }

  private ClosedFormEdit closedForm(TextProjections sides, double lambda, long seed, int kept) {
    return new ClosedFormEdit(
        List.of(
            new ErasedConcept(
                "a",
                rows(2, width, seed, 0.3),
                rows(2, width, seed + 1, 0.3),
                kept == 0 ? Optional.empty() : Optional.of(rows(kept, width, seed + 2, 0.3)))),
        lambda,
        1.5,
        0.7,
        sides,
        sides.targets());
  }

  private PatchRequest patch(String name, double strength, PatchEdit... edits) throws IOException {
    Path file = folder.resolve(name + ".fmnpatch");
    return new PatchRequest(patches.write(WrittenPatches.draft(name, edits), file), strength);
  }

  private Map<String, float[]> load(PatchRequest... requests) throws IOException {
    return patches.load(base.keySet(), requests);
  }

  /** W(I + D) − W with D solved by elimination on the full d × d system. */
  private double[] closedFormChange(
      String target, double lambda, Map<ClosedFormEdit, Double> strengths) {
    double[][] a = new double[width][width];
    double[][] b = new double[width][width]; // Σ e (g − c) cᵀ
    for (int i = 0; i < width; i++) {
      a[i][i] = lambda;
    }
    strengths.forEach(
        (edit, strength) ->
            edit.concepts()
                .forEach(
                    concept -> {
                      double[][] c = concept.target().doubles();
                      double[][] g = concept.guide().doubles();
                      for (int n = 0; n < c.length; n++) {
                        double[] toGuide = new double[width];
                        for (int i = 0; i < width; i++) {
                          toGuide[i] = strength * (g[n][i] - c[n][i]);
                        }
                        PlainAlgebra.addOuter(a, c[n], c[n], edit.eraseScale());
                        PlainAlgebra.addOuter(b, toGuide, c[n], edit.eraseScale());
                      }
                      concept
                          .preserve()
                          .ifPresent(
                              rows -> {
                                for (double[] row : rows.doubles()) {
                                  PlainAlgebra.addOuter(a, row, row, edit.preserveScale());
                                }
                              });
                    }));
    // D = b·a⁻¹ ⇔ aᵀ Dᵀ = bᵀ; a is symmetric
    double[][] transposed = PlainAlgebra.solve(a, PlainAlgebra.transpose(b));
    double[][] d = PlainAlgebra.transpose(transposed);
    float[] w = base.get(target);
    double[] change = new double[w.length];
    for (int row = 0; row < w.length / width; row++) {
      for (int j = 0; j < width; j++) {
        for (int i = 0; i < width; i++) {
          change[row * width + j] += w[row * width + i] * d[i][j];
        }
      }
    }
    return change;
  }

  private double[] lowRankChange(LowRank f) {
    int in = f.down().length / f.rank();
    double[] change = new double[f.up().length / f.rank() * in];
    for (int i = 0; i < change.length; i++) {
      for (int r = 0; r < f.rank(); r++) {
        change[i] += (double) f.up()[i / in * f.rank() + r] * f.down()[r * in + i % in];
      }
      change[i] *= f.alpha() / f.rank();
    }
    return change;
  }

  private double[] projectorChange(ProjectorEdit edit, String target) {
    float[] w = base.get(target);
    double[] change = new double[w.length];
    for (int row = 0; row < w.length / width; row++) {
      for (int k = 0; k < edit.left().count(); k++) {
        double product = 0;
        for (int i = 0; i < width; i++) {
          product += (double) w[row * width + i] * edit.left().values()[k * width + i];
        }
        for (int j = 0; j < width; j++) {
          change[row * width + j] -= product * edit.right().values()[k * width + j];
        }
      }
    }
    return change;
  }

  /** The weight is the rounded sum: at most its last bit hangs on the order of the additions. */
  private void assertWeights(float[] found, String target, double... change) {
    float[] w = base.get(target);
    int off = 0;
    for (int i = 0; i < w.length; i++) {
      double expected = w[i] + change[i];
      assertThat(found[i])
          .as(target + " " + i)
          .isCloseTo((float) expected, within(Math.ulp((float) expected)));
      off += found[i] == (float) expected ? 0 : 1;
    }
    assertThat(off).as(target).isLessThanOrEqualTo(1 + w.length / 1000);
  }

  private void assertOnly(Set<String> changed, Map<String, float[]> found) {
    found.forEach(
        (name, weight) -> {
          if (changed.contains(name)) {
            assertThat(weight).as(name).isNotEqualTo(base.get(name));
          } else {
            assertThat(weight).as(name).isEqualTo(base.get(name));
          }
        });
  }

  @Test
  void factorsOfMatricesAndConvolutions() throws IOException {
    LowRank matrix = factors(keys.get(0), 2, 3, 1, 0.05);
    LowRank convolution = factors(CONVOLUTION, 1, 0.5, 3, 0.1);
    LowRankEdit edit = new LowRankEdit(Map.of(keys.get(0), matrix, CONVOLUTION, convolution));
    Map<String, float[]> found = load(patch("a", 0.5, edit));
    assertWeights(found.get(keys.get(0)), keys.get(0), times(lowRankChange(matrix), 0.5));
    assertWeights(found.get(CONVOLUTION), CONVOLUTION, times(lowRankChange(convolution), 0.5));
    assertOnly(Set.of(keys.get(0), CONVOLUTION), found);
    assertOnly(Set.of(), load());
  }

  @Test
  void rowsAndHalvesOfTensors() throws IOException {
    long[] shape = {base.get(keys.get(0)).length / width, width};
    Rows added = rows(2, width, 7, 0.05);
    RowsEdit rows =
        new RowsEdit(Map.of(keys.get(0), new SelectedRows(shape, new long[] {1, 3}, added)));
    float[] values = new float[base.get(keys.get(1)).length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 7 - 3) * 0x1p-9f; // halves hold these as they are
    }
    long[] other = {values.length / width, width};
    DeltaEdit halves = new DeltaEdit(Map.of(keys.get(1), new Delta(other, values, true)));
    Map<String, float[]> found = load(patch("a", 0.5, rows, halves));
    double[] change = new double[base.get(keys.get(0)).length];
    for (int i = 0; i < width; i++) {
      change[width + i] = 0.5 * added.values()[i];
      change[3 * width + i] = 0.5 * added.values()[width + i];
    }
    assertWeights(found.get(keys.get(0)), keys.get(0), change);
    double[] half = new double[values.length];
    for (int i = 0; i < half.length; i++) {
      half[i] = 0.5 * values[i];
    }
    assertWeights(found.get(keys.get(1)), keys.get(1), half);
    assertOnly(Set.of(keys.get(0), keys.get(1)), found);
    assertOnly(Set.of(), load());
  }

  @Test
  void projectorsOfEveryKeyAndValue() throws IOException {
    ProjectorEdit edit =
        new ProjectorEdit(
            "a", rows(2, width, 5, 0.1), rows(2, width, 6, 0.1), TextProjections.KV.targets());
    Map<String, float[]> found = load(patch("a", 0.8, edit));
    List<String> all = new ArrayList<>(keys);
    all.addAll(values);
    for (String target : all) {
      assertWeights(found.get(target), target, times(projectorChange(edit, target), 0.8));
    }
    assertOnly(Set.copyOf(all), found);
  }

  @Test
  void oneClosedFormIsItsSolution() throws IOException {
    ClosedFormEdit edit = closedForm(TextProjections.V, 0.5, 11, 3);
    Map<String, float[]> found = load(patch("a", 1, edit));
    for (String target : values) {
      assertWeights(found.get(target), target, closedFormChange(target, 0.5, Map.of(edit, 1.0)));
    }
    assertOnly(Set.copyOf(values), found);
    assertOnly(Set.of(), load(patch("a", 0, edit)));
  }

  @Test
  void closedFormsAreSolvedTogetherWhereTheyMeet() throws IOException {
    ClosedFormEdit both = closedForm(TextProjections.KV, 0.5, 11, 3);
    ClosedFormEdit side = closedForm(TextProjections.V, 0.9, 21, 0);
    PatchRequest a = patch("a", 1, both);
    PatchRequest b = patch("b", 0.6, side);
    Map<String, float[]> found = load(a, b);
    Map<ClosedFormEdit, Double> joint = Map.of(both, 1.0, side, 0.6);
    for (String target : values) {
      assertWeights(found.get(target), target, closedFormChange(target, 0.9, joint));
    }
    for (String target : keys) { // nobody else changes keys: nothing of the other's lambda
      assertWeights(found.get(target), target, closedFormChange(target, 0.5, Map.of(both, 1.0)));
    }
    Map<String, float[]> turned = load(b, a);
    found.forEach((name, weight) -> assertThat(turned.get(name)).as(name).isEqualTo(weight));
    Map<String, float[]> without = load(a);
    Map<String, float[]> alone = load(patch("c", 0, side), a);
    without.forEach((name, weight) -> assertThat(alone.get(name)).as(name).isEqualTo(weight));
  }

  @Test
  void kindsAddUpInOnePatchAndInStacks() throws IOException {
    String target = values.get(0);
    ClosedFormEdit closedForm = closedForm(TextProjections.KV, 0.5, 31, 2);
    ProjectorEdit projector =
        new ProjectorEdit(
            "p", rows(1, width, 32, 0.1), rows(1, width, 33, 0.1), TextProjections.V.targets());
    LowRank lowRank = factors(target, 1, 1, 34, 0.05);
    float[] delta = rows(1, base.get(target).length, 35, 0.01).values();
    PatchRequest mixed =
        patch(
            "a",
            0.5,
            closedForm,
            projector,
            new LowRankEdit(Map.of(target, lowRank)),
            new DeltaEdit(Map.of(target, new Delta(shapes.get(target), delta))));
    PatchRequest more = patch("b", -1, new LowRankEdit(Map.of(target, lowRank)));
    double[] sum = closedFormChange(target, 0.5, Map.of(closedForm, 0.5));
    double[] projected = projectorChange(projector, target);
    double[] factors = lowRankChange(lowRank);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += 0.5 * projected[i] + 0.5 * factors[i] + 0.5 * delta[i] - factors[i];
    }
    Map<String, float[]> found = load(mixed, more);
    assertWeights(found.get(target), target, sum);
    Map<String, float[]> turned = load(more, mixed);
    found.forEach((name, weight) -> assertThat(turned.get(name)).as(name).isEqualTo(weight));
    assertOnly(Set.of(), load());
  }

  @Test
  void tokensAreThereWithThePatchAndGoneWithoutIt() throws IOException {
    TokensEdit edit =
        new TokensEdit(Map.of("<s1>", rows(2, width, 41, 0.3), "<s2>", rows(1, width, 42, 0.3)));
    PatchRequest request = patch("a", 1, edit);
    List<Integer> plain = pieces("a <s1> and <s2>");
    List<Integer> patched = pieces("a <s1> and <s2>", request);
    assertThat(patched).isNotEqualTo(plain).hasSizeLessThan(plain.size());
    assertThat(patched).hasSize(5); // a, two rows of <s1>, and, <s2>
    assertThat(pieces("a <s1> and <s2>", new PatchRequest(request.file(), 0))).isEqualTo(plain);
    assertThat(pieces("a <s1> and <s2>")).isEqualTo(plain);
    assertOnly(Set.of(), load(request));
  }

  private static List<Integer> pieces(String prompt, PatchRequest... requests) throws IOException {
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(requests), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      return sd.tokenIds(prompt);
    }
  }

  private static double[] times(double[] change, double factor) {
    double[] scaled = change.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return scaled;
  }
}
