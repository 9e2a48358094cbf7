package dev.forgetmenot.patching.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.stack.JointSolve;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.EightBitFloats;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is found in models that were edited in known ways, in each type of file. */
class ModelDiffTest {
  private static final String CONV = "unet/down_blocks.0.resnets.0.conv1.weight";
  private static final String NORM = "unet/down_blocks.0.resnets.0.norm1.weight";

  private static final JobContext QUIET = JobContext.NONE;

  /** The base with some tensors changed, as a file of a type would hold it. */
  private record Edited(BaseTensors base, DType dtype, Map<String, double[]> changes)
      implements EditedTensors {
    @Override
    public Set<String> targets() {
      return EditedTensors.ofModel(base, List.of("unet", "text_encoder")).targets();
    }

    @Override
    public DType dtype(String target) {
      return dtype;
    }

    @Override
    public long[] shape(String target) {
      return base.shape(TensorName.component(target), TensorName.name(target));
    }

    @Override
    public StoredBytes stored(String target) throws IOException {
      float[] values = base.floats(TensorName.component(target), TensorName.name(target));
      double[] change = changes.get(target);
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        double sum = values[i] + (change == null ? 0 : change[i]);
        switch (dtype) {
          case F16 -> bytes.putShort(HalfFloats.doubleToHalf(sum));
          case BF16 -> bytes.putShort(HalfFloats.doubleToBfloat16(sum));
          case F8_E4M3 -> bytes.put(EightBitFloats.doubleToE4m3(sum));
          case F8_E5M2 -> bytes.put(EightBitFloats.doubleToE5m2(sum));
          default -> bytes.putFloat((float) sum);
        }
      }
      return StoredBytes.of(bytes.flip());
    }
  }

  private static DiffFactorizer.Result result(BaseTensors base, Edited edited, DifferenceForm form)
      throws IOException {
    return DiffFactorizer.of(ModelDiff.between(base, edited, QUIET), form, "a", QUIET);
  }

  private static float[] random(long seed, int size, double scale) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  /** alpha/rank · up · down. */
  private static double[] change(LowRank factors) {
    Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
    Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
    return up.times(down).times(factors.alpha() / factors.rank()).rowMajor();
  }

  /** −W · leftᵀ · right. */
  private static double[] change(ProjectorEdit projector, float[] weight) {
    int width = projector.left().width();
    int k = projector.left().count();
    Matrix left = Matrix.ofColumns(k, width, projector.left().values());
    Matrix right = Matrix.of(k, width, projector.right().values());
    return new InputUpdate(left.times(-1), right).change(weight);
  }

  private static double left(double[] wanted, double[] got) {
    double[] rest = new double[wanted.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = wanted[i] - got[i];
    }
    return norm(rest);
  }

  private static double norm(double[] values) {
    double square = 0;
    for (double value : values) {
      square += value * value;
    }
    return Math.sqrt(square);
  }

  /** Two concepts solved in closed form, on the weights that its sides name. */
  private static Map<String, double[]> closedForm(BaseTensors base, TextProjections sides)
      throws IOException {
    int d = (int) base.shape("unet", keys(base))[1];
    ClosedFormEdit edit =
        new ClosedFormEdit(
            List.of(
                new ErasedConcept(
                    "a",
                    new Rows(2, d, random(1, 2 * d, 1)),
                    new Rows(2, d, random(2, 2 * d, 1)),
                    Optional.of(new Rows(9, d, random(3, 9 * d, 1)))),
                new ErasedConcept(
                    "b",
                    new Rows(1, d, random(4, d, 1)),
                    new Rows(1, d, random(5, d, 1)),
                    Optional.empty())),
            0.1,
            1,
            1,
            sides,
            sides.targets());
    List<String> targets =
        sides.targets().stream()
            .flatMap(text -> new TargetPattern(text).among(base.names("unet")).stream())
            .toList();
    InputUpdate solved =
        new JointSolve(List.of(new JointSolve.Member(edit, 1, targets)))
            .of(targets.get(0))
            .orElseThrow();
    Map<String, double[]> changes = new TreeMap<>();
    for (String target : targets) {
      changes.put(target, solved.change(base.floats("unet", TensorName.name(target))));
    }
    return changes;
  }

  private static String keys(BaseTensors base) {
    return base.names("unet").stream()
        .filter(n -> n.endsWith("attn2.to_k.weight"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void aClosedFormIsFoundAsOneChangeOfTheInput(DType dtype) throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(EmbeddedModel.folder())) {
      BaseTensors base = model.base().tensors();
      Map<String, double[]> changes = closedForm(base, TextProjections.KV);
      DiffFactorizer.Result result =
          result(base, new Edited(base, dtype, changes), DifferenceForm.AUTO);
      assertThat(result.edits()).hasSize(1);
      ProjectorEdit edit = (ProjectorEdit) result.edits().get(0);
      assertThat(edit.targets()).isEqualTo(TextProjections.KV.targets());
      assertThat(edit.left().count()).isEqualTo(3); // two columns and one
      for (Map.Entry<String, double[]> entry : changes.entrySet()) {
        float[] w = base.floats("unet", TensorName.name(entry.getKey()));
        double left = left(entry.getValue(), change(edit, w));
        double allowed = dtype == DType.F32 ? 1e-6 : dtype == DType.F16 ? 1e-3 : 1e-2;
        assertThat(left / norm(entry.getValue())).isLessThan(allowed);
      }
      assertThat(result.findings()).singleElement().asString().contains("rank 3 leaves");
    }
  }

  @Test
  void keysAloneAreFoundAmongOtherChanges() throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(EmbeddedModel.folder())) {
      BaseTensors base = model.base().tensors();
      Map<String, double[]> changes = closedForm(base, TextProjections.K);
      float[] norm = base.floats("unet", TensorName.name(NORM));
      double[] change = new double[norm.length];
      change[0] = 0.25;
      changes.put(NORM, change);
      DiffFactorizer.Result result =
          result(base, new Edited(base, DType.F32, changes), DifferenceForm.AUTO);
      assertThat(result.edits()).hasSize(2);
      assertThat(((ProjectorEdit) result.edits().get(0)).targets())
          .isEqualTo(TextProjections.K.targets());
      assertThat(((DeltaEdit) result.edits().get(1)).deltas()).containsOnlyKeys(NORM);
      assertThat(((DeltaEdit) result.edits().get(1)).deltas().get(NORM).values()[0])
          .isEqualTo(0.25f);
      assertThatThrownBy(
              () ->
                  result(
                      base,
                      new Edited(base, DType.F32, changes),
                      form(DifferenceForm.Kind.CLOSEDFORM)))
          .hasMessageContaining("not one change")
          .hasMessageContaining("--as lowrank");
    }
  }

  private static DifferenceForm form(DifferenceForm.Kind kind) {
    return new DifferenceForm(kind, OptionalInt.empty(), OptionalDouble.empty());
  }

  @Test
  void changesOfEachLayerForItselfAreNoClosedForm() throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(EmbeddedModel.folder())) {
      BaseTensors base = model.base().tensors();
      Map<String, double[]> changes = new TreeMap<>(closedForm(base, TextProjections.KV));
      long seed = 0;
      for (Map.Entry<String, double[]> entry : changes.entrySet()) {
        float[] noise = random(seed++, entry.getValue().length, 0.01);
        for (int i = 0; i < noise.length; i++) {
          entry.getValue()[i] += noise[i];
        }
      }
      DiffFactorizer.Result result =
          result(base, new Edited(base, DType.F32, changes), DifferenceForm.AUTO);
      assertThat(result.edits()).singleElement().isInstanceOf(DeltaEdit.class);
      assertThat(result.findings()).allMatch(line -> line.contains("not the whole difference"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16"})
  void aMergedProductIsFoundWithItsRank(DType dtype) throws IOException {
    try (ModelOnDisk model =
        ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"))) {
      BaseTensors base = model.base().tensors();
      long[] shape = base.shape("unet", TensorName.name(CONV));
      int in = (int) shape[1] * 9;
      LowRank product =
          new LowRank(shape, 3, 3, random(1, 3 * in, 0.3), random(2, (int) shape[0] * 3, 0.3));
      Map<String, double[]> changes = Map.of(CONV, change(product));
      Edited edited = new Edited(base, dtype, changes);
      DiffFactorizer.Result result = result(base, edited, DifferenceForm.AUTO);
      LowRank found = ((LowRankEdit) result.edits().get(0)).factors().get(CONV);
      assertThat(found.rank()).isEqualTo(3);
      double left = left(changes.get(CONV), change(found));
      assertThat(left / norm(changes.get(CONV))).isLessThan(dtype == DType.F32 ? 1e-6 : 2e-3);

      DifferenceForm two =
          new DifferenceForm(
              DifferenceForm.Kind.LOWRANK, OptionalInt.of(2), OptionalDouble.empty());
      DiffFactorizer.Part part = result(base, edited, two).parts().get(0);
      assertThat(part.rank()).isEqualTo(2);
      assertThat(part.residual() / part.changed().norm()).isBetween(0.05, 0.9);
      DifferenceForm most =
          new DifferenceForm(
              DifferenceForm.Kind.LOWRANK, OptionalInt.empty(), OptionalDouble.of(0.99));
      DiffFactorizer.Part held = result(base, edited, most).parts().get(0);
      assertThat(held.residual() / held.changed().norm()).isLessThanOrEqualTo(0.1001);
    }
  }

  @Test
  void valuesAreHalvesWhereThatLosesNothingOrIsAskedFor() throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(EmbeddedModel.folder())) {
      BaseTensors base = model.base().tensors();
      float[] norm = base.floats("unet", TensorName.name(NORM));
      double[] quarter = new double[norm.length];
      quarter[0] = 0.25;
      float[] conv = base.floats("unet", TensorName.name(CONV));
      double[] noise = new double[conv.length];
      float[] random = random(1, noise.length, 0.01);
      for (int i = 0; i < noise.length; i++) {
        noise[i] = random[i];
      }
      Edited edited = new Edited(base, DType.F32, Map.of(NORM, quarter, CONV, noise));
      DiffFactorizer.Result result = result(base, edited, DifferenceForm.AUTO);
      Map<String, Delta> deltas = ((DeltaEdit) result.edits().get(0)).deltas();
      assertThat(deltas.get(NORM).half()).isTrue();
      assertThat(deltas.get(CONV).half()).isFalse();
      assertThat(result.parts()).allMatch(part -> part.residual() == 0);

      DifferenceForm half =
          new DifferenceForm(
              DifferenceForm.Kind.DELTA, OptionalInt.empty(), OptionalDouble.empty(), true);
      DiffFactorizer.Result halves = result(base, edited, half);
      assertThat(((DeltaEdit) halves.edits().get(0)).deltas().get(CONV).half()).isTrue();
      double left = halves.parts().get(0).residual() / halves.parts().get(0).changed().norm();
      assertThat(left).isBetween(1e-5, 0x1p-11);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void theNoiseOfTheRoundingIsKnown(DType dtype) throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(EmbeddedModel.folder())) {
      BaseTensors base = model.base().tensors();
      float[] before = base.floats("unet", TensorName.name(CONV));
      double[] change = new double[before.length];
      float[] random = random(1, before.length, 1);
      for (int i = 0; i < change.length; i++) {
        change[i] = random[i];
      }
      Edited edited = new Edited(base, dtype, Map.of(CONV, change));
      ModelDiff.Changed found =
          ModelDiff.between(base, edited, QUIET).changed().stream()
              .filter(changed -> changed.target().equals(CONV))
              .findFirst()
              .orElseThrow();
      float[] after = new float[before.length];
      edited.stored(CONV).floats(dtype, 0, after, 0, after.length);
      double square = 0;
      for (int i = 0; i < change.length; i++) {
        square += Math.pow(after[i] - (before[i] + change[i]), 2);
      }
      double rounding = Math.sqrt(square);
      assertThat(found.noise() / rounding).isBetween(0.8, 1.25);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16", "F8_E4M3", "F8_E5M2"})
  void aCopyInFewerBitsIsNoDifference(DType dtype) throws IOException {
    try (ModelOnDisk model =
        ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"))) {
      BaseTensors base = model.base().tensors();
      assertThat(ModelDiff.between(base, new Edited(base, dtype, Map.of()), QUIET).changed())
          .isEmpty();
      assertThatThrownBy(
              () -> result(base, new Edited(base, DType.F32, Map.of()), DifferenceForm.AUTO))
          .hasMessageContaining("nothing differs");
    }
  }

  @Test
  void anotherKindOfModelIsRefused() throws IOException {
    try (ModelOnDisk model =
            ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"));
        ModelOnDisk other =
            ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sd2-tiny/model"))) {
      assertThatThrownBy(
              () ->
                  ModelDiff.between(
                      model.base().tensors(),
                      EditedTensors.ofModel(other.base().tensors(), List.of("unet")),
                      QUIET))
          .hasMessageContaining("not two states of one model");
    }
  }
}
