package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchRequest.Allowance;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.BlockNames;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.ConflictReport.Pair;
import dev.forgetmenot.patching.stack.Conflicts;
import dev.forgetmenot.patching.stack.Drift;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.PatchedWeights;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How patches meet, against the same numbers worked out the long way from whole weights. */
class ConflictsTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");

  private final SplittableRandom random = new SplittableRandom(9);
  @TempDir Path folder;
  private ModelOnDisk stored;
  private int width;

  @BeforeEach
  void open() throws IOException {
    stored = ModelOnDisk.open(MODEL);
    width = (int) stored.base().tensors().shape("unet", names(".attn2.to_k.weight").get(0))[1];
  }

  @AfterEach
  void close() throws IOException {
    stored.close();
  }

  private List<String> names(String ending) {
    return stored.base().tensors().names("unet").stream().filter(n -> n.endsWith(ending)).toList();
  }

  private PatchRequest patch(String name, double strength, PatchEdit edit) throws IOException {
    BaseModel base = stored.base();
    PatchDraft draft = WrittenPatches.draft(name, edit);
    Path file = folder.resolve(name + ".fmnpatch");
    PatchWriter.write(
        file, draft, new BaseBinding(base).of(draft), base.architecture(), "2026-01-01T00:00:00Z");
    return new PatchRequest(file, strength)
        .allow(Allowance.LARGE_CHANGES, Allowance.ILL_CONDITIONED);
  }

  private Rows rows(int count, int columns, double scale) {
    double[][] rows = new double[count][columns];
    for (double[] row : rows) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextDouble(-scale, scale);
      }
    }
    return Rows.of(rows);
  }

  private ClosedFormEdit closedForm(Rows target, Rows guide) {
    return new ClosedFormEdit(
        List.of(new ErasedConcept("c", target, guide, Optional.empty())),
        0.5,
        1,
        1,
        TextProjections.KV,
        TextProjections.KV.targets());
  }

  private LowRankEdit factors(String name) {
    Map<String, LowRank> factors = new TreeMap<>();
    long[] shape = stored.base().tensors().shape("unet", name);
    factors.put(
        "unet/" + name,
        new LowRank(
            shape,
            2,
            1,
            rows(2, (int) shape[1], 0.1).values(),
            rows((int) shape[0], 2, 0.1).values()));
    return new LowRankEdit(factors);
  }

  /** W' − W of a target under a stack. */
  private double[] change(String target, PatchRequest... requests) throws IOException {
    try (PatchStack stack = PatchStack.open(List.of(requests))) {
      PatchedWeights weights = stack.on(stored.base()).weights();
      float[] base = base(target);
      double[] change = new double[base.length];
      weights
          .sum(target)
          .forEachStrip(
              (first, sums) -> {
                for (int i = 0; i < sums.length; i++) {
                  change[first + i] = sums[i] - base[first + i];
                }
              });
      return change;
    }
  }

  private float[] base(String target) throws IOException {
    return stored.base().tensors().floats("unet", target.substring(5));
  }

  private ConflictReport report(PatchRequest... requests) throws IOException {
    try (PatchStack stack = PatchStack.open(List.of(requests))) {
      return Conflicts.of(stack, stored.base());
    }
  }

  private static int index(ConflictReport report, String name) {
    for (int i = 0; i < report.patches().size(); i++) {
      if (report.patches().get(i).name().startsWith(name + "@")) {
        return i;
      }
    }
    throw new AssertionError(name);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** |W·X| over the columns of X, given as rows. */
  private double square(double[] weight, double[][] columns) {
    double square = 0;
    for (int row = 0; row < weight.length / width; row++) {
      for (double[] column : columns) {
        double product = 0;
        for (int i = 0; i < width; i++) {
          product += weight[row * width + i] * column[i];
        }
        square += product * product;
      }
    }
    return square;
  }

  private static double[][] minus(double[][] a, double[][] b, double times) {
    double[][] result = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      result[i] = a[i].clone();
      for (int j = 0; j < result[i].length; j++) {
        result[i][j] -= times * b[i][j];
      }
    }
    return result;
  }

  private static double[] wide(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  @Test
  void cosinesAndWhatRemainsAreThoseOfWholeWeights() throws IOException {
    Rows target = rows(2, width, 0.5);
    Rows guide = rows(2, width, 0.5);
    PatchRequest a = patch("a", 0.8, closedForm(target, guide));
    PatchRequest b = patch("b", -0.5, closedForm(rows(3, width, 0.5), rows(3, width, 0.5)));
    ConflictReport report = report(a, b);
    int first = index(report, "a");
    Pair pair = report.pairs().get(0);
    List<String> all = new ArrayList<>(names(".attn2.to_k.weight"));
    all.addAll(names(".attn2.to_v.weight"));
    assertThat(pair.shared()).isEqualTo(all.size());

    double product = 0;
    double sizeA = 0;
    double sizeB = 0;
    double missedAlone = 0;
    double missedBoth = 0;
    double way = 0;
    double moved = 0;
    double size = 0;
    double[][] c = target.doubles();
    double[][] toGuide = minus(guide.doubles(), c, 1);
    double[][] wanted = minus(c, toGuide, -0.8);
    for (String name : all) {
      double[] weight = wide(base("unet/" + name));
      double[] dA = change("unet/" + name, a);
      double[] dB = change("unet/" + name, b);
      double[] both = change("unet/" + name, b, a);
      product += dot(dA, dB);
      sizeA += dot(dA, dA);
      sizeB += dot(dB, dB);
      missedAlone += missed(weight, dA, c, wanted);
      missedBoth += missed(weight, both, c, wanted);
      way += square(weight, minus(wanted, c, 1));
      moved += square(dB, c);
      size += square(weight, c);
    }
    assertThat(pair.whole().orElseThrow().cosine())
        .isCloseTo(product / Math.sqrt(sizeA * sizeB), within(1e-9));
    assertThat(report.patches().get(first).alone().orElseThrow())
        .isCloseTo(Math.sqrt(missedAlone / way), within(1e-9));
    assertThat(report.patches().get(first).inStack().orElseThrow())
        .isCloseTo(Math.sqrt(missedBoth / way), within(1e-9));
    var onA = (first == 0 ? pair.onFirst() : pair.onSecond()).orElseThrow();
    assertThat(onA.remains()).isCloseTo(Math.sqrt(missedBoth / way), within(1e-9));
    assertThat(onA.moves()).isCloseTo(Math.sqrt(moved / size), within(1e-9));
    assertThat(report.systems()).hasSize(1);
    assertThat(report.systems().get(0).concepts()).hasSize(2);
    assertThat(report.systems().get(0).condition()).isGreaterThanOrEqualTo(1);
  }

  /** |(W + dW)C − W·wanted|². */
  private double missed(double[] weight, double[] change, double[][] c, double[][] wanted) {
    double square = 0;
    for (int row = 0; row < weight.length / width; row++) {
      for (int n = 0; n < c.length; n++) {
        double product = 0;
        for (int i = 0; i < width; i++) {
          double w = weight[row * width + i];
          product += (w + change[row * width + i]) * c[n][i] - w * wanted[n][i];
        }
        square += product * product;
      }
    }
    return square;
  }

  @Test
  void theSameReadingDirectionsOverlapAndOthersDoNot() throws IOException {
    double[][] left = new double[1][width];
    double[][] right = new double[1][width];
    left[0][0] = 0.3;
    right[0][1] = 0.3;
    Rows other = Rows.of(left);
    ProjectorEdit one =
        new ProjectorEdit("p", Rows.of(left), Rows.of(right), TextProjections.KV.targets());
    ProjectorEdit same =
        new ProjectorEdit("q", rows(1, width, 0.1), Rows.of(right), TextProjections.KV.targets());
    ProjectorEdit apart =
        new ProjectorEdit("r", rows(1, width, 0.1), other, TextProjections.KV.targets());
    ConflictReport report =
        report(patch("one", 1, one), patch("same", 1, same), patch("apart", 1, apart));
    int i = index(report, "one");
    int j = index(report, "same");
    int k = index(report, "apart");
    for (Pair pair : report.pairs()) {
      boolean together =
          (pair.first() == i || pair.first() == j) && (pair.second() == i || pair.second() == j);
      var whole = pair.whole().orElseThrow();
      assertThat(whole.overlap()).isCloseTo(together ? 1 : 0, within(1e-12));
      assertThat(whole.angle()).isCloseTo(together ? 0 : 90, within(1e-5));
      assertThat(pair.first() == k || pair.second() == k).isNotEqualTo(together);
      assertThat(pair.blocks().keySet()).allMatch(block -> block.startsWith("unet/"));
    }
  }

  @Test
  void patchesThatShareNoWeightDoNotMeet() throws IOException {
    List<String> values = names(".attn2.to_v.weight");
    ConflictReport report =
        report(patch("a", 1, factors(values.get(0))), patch("b", 1, factors(values.get(1))));
    Pair pair = report.pairs().get(0);
    assertThat(pair.shared()).isZero();
    assertThat(pair.whole()).isEmpty();
    assertThat(pair.onFirst()).isEmpty();
    assertThat(report.patches()).allMatch(patch -> patch.alone().isEmpty());
    assertThat(report.systems()).isEmpty();
  }

  @Test
  void driftIsWhatTheSumChangesAndABudgetStopsIt() throws IOException {
    String name = names(".attn2.to_v.weight").get(0);
    PatchRequest a = patch("a", 1, factors(name));
    PatchRequest b = patch("b", -2, factors(name));
    try (PatchStack stack = PatchStack.open(List.of(a, b))) {
      Drift drift = Drift.of(stack.on(stored.base()).weights());
      double[] change = change("unet/" + name, a, b);
      double[] weight = wide(base("unet/" + name));
      double expected = Math.sqrt(dot(change, change) / dot(weight, weight));
      String block = BlockNames.of("unet/" + name);
      assertThat(drift.blocks()).containsOnlyKeys(block);
      assertThat(drift.most()).isCloseTo(expected, within(1e-9 * expected));
      drift.check(expected * 1.01, "the stack");
      Assertions.assertThatThrownBy(() -> drift.check(expected * 0.99, "the stack"))
          .isInstanceOf(PatchFormatException.class)
          .hasMessageContaining("FMN-605")
          .hasMessageContaining(block);
    }
  }

  @Test
  void blocksAreNamedAsInTheModel() {
    assertThat(BlockNames.of("unet/down_blocks.1.attentions.0.proj_in.weight"))
        .isEqualTo("unet/down_blocks.1");
    assertThat(BlockNames.of("unet/mid_block.resnets.0.conv1.weight")).isEqualTo("unet/mid_block");
    assertThat(BlockNames.of("unet/conv_in.bias")).isEqualTo("unet/conv_in");
    assertThat(BlockNames.of("text_encoder/text_model.encoder.layers.3.mlp.fc1.weight"))
        .isEqualTo("text_encoder/layers.3");
    assertThat(BlockNames.of("text_encoder/text_model.embeddings.token_embedding.weight"))
        .isEqualTo("text_encoder/embeddings");
    assertThat(BlockNames.of("vae/decoder.up_blocks.2.resnets.0.conv1.bias"))
        .isEqualTo("vae/decoder.up_blocks.2");
  }
}
