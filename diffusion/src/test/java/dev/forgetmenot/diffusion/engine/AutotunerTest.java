package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.Errors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forms of products: all give the same values, and the fastest is found once. */
class AutotunerTest {
  private static final List<ProductForm> FORMS =
      List.of(ProductForm.PACKED, ProductForm.PLAIN, ProductForm.IM2COL);

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("cache").resolve("autotune.json");
  }

  /** A product that takes 20 ms in all forms but one. */
  private static ProductForm fastest(Autotuner tuner, ProductForm quick, List<ProductForm> asked) {
    try (EngineThread engine = EngineThread.start("cpu")) {
      return engine.call(
          () -> {
            try (NDManager manager = engine.newManager()) {
              return tuner.fastest(
                  "product",
                  FORMS,
                  form -> {
                    asked.add(form);
                    long until = System.nanoTime() + (form == quick ? 2_000_000 : 20_000_000);
                    while (System.nanoTime() < until) {
                      Thread.onSpinWait();
                    }
                    return manager.create(1f);
                  });
            }
          });
    }
  }

  @Test
  void theFastestFormIsFoundByTimeAndReadByTheNextProcess() {
    List<ProductForm> asked = new ArrayList<>();
    Autotuner tuner = new Autotuner(file(), "a machine");
    assertThat(tuner.known("product")).isEmpty();
    assertThat(fastest(tuner, ProductForm.PLAIN, asked)).isEqualTo(ProductForm.PLAIN);
    assertThat(asked).containsAll(FORMS);
    assertThat(tuner.known("product")).contains(ProductForm.PLAIN);
    assertThat(new Autotuner(file(), "a machine").known("product")).contains(ProductForm.PLAIN);
    assertThat(new Autotuner(file(), "another machine").known("product")).isEmpty();
  }

  @Test
  void twoMachinesAndTwoProcessesShareAFile() {
    Autotuner one = new Autotuner(file(), "a machine");
    Autotuner other = new Autotuner(file(), "another machine");
    fastest(one, ProductForm.PLAIN, new ArrayList<>());
    fastest(other, ProductForm.IM2COL, new ArrayList<>());
    assertThat(new Autotuner(file(), "a machine").known("product")).contains(ProductForm.PLAIN);
    assertThat(new Autotuner(file(), "another machine").known("product"))
        .contains(ProductForm.IM2COL);
  }

  @Test
  void aFormThatIsNotClearlyFasterIsNotTaken() {
    assertThat(fastest(new Autotuner(file(), "a machine"), null, new ArrayList<>()))
        .isEqualTo(ProductForm.PACKED);
  }

  @Test
  void aFileOfAnotherContentKnowsNothingAndIsReplaced() throws IOException {
    for (String content : List.of("no JSON", "{\"a machine\": {\"product\": \"NONE\"}}", "[]")) {
      Files.createDirectories(file().getParent());
      Files.writeString(file(), content);
      Autotuner tuner = new Autotuner(file(), "a machine");
      assertThat(tuner.known("product")).as(content).isEmpty();
      fastest(tuner, ProductForm.PLAIN, new ArrayList<>());
      assertThat(new Autotuner(file(), "a machine").known("product"))
          .as(content)
          .contains(ProductForm.PLAIN);
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNoFailure() throws IOException {
    Path notAFolder = Files.writeString(folder.resolve("file"), "");
    Autotuner tuner = new Autotuner(notAFolder.resolve("autotune.json"), "a machine");
    assertThat(fastest(tuner, ProductForm.PLAIN, new ArrayList<>())).isEqualTo(ProductForm.PLAIN);
    assertThat(tuner.known("product")).contains(ProductForm.PLAIN);
  }

  @Test
  void theProcessorIsNamedByWhatLinuxSaysOfTheFirst() throws IOException {
    Files.createDirectories(folder.resolve("proc"));
    Files.writeString(
        folder.resolve("proc/cpuinfo"),
        """
        processor: 0
        cpu family: 25
        model: 1
        model name: A processor
        flags: x

        processor: 1
        model name: another
        """);
    assertThat(Autotuner.processor(folder)).isEqualTo("25 1 A processor");
    assertThat(Autotuner.processor(folder.resolve("elsewhere"))).isNotEmpty();
  }

  private record Sizes(Shape x, Shape kernel, long stride, long padding) {}

  @Test
  void allFormsOfAConvolutionAndALinearLayerGiveTheSame() {
    List<Sizes> sizes =
        List.of(
            new Sizes(new Shape(2, 8, 9, 7), new Shape(6, 8, 3, 3), 1, 1),
            new Sizes(new Shape(1, 8, 9, 8), new Shape(6, 8, 3, 3), 2, 1),
            new Sizes(new Shape(3, 8, 5, 5), new Shape(4, 8, 1, 1), 1, 0),
            new Sizes(new Shape(3, 8, 5, 5), new Shape(4, 8, 1, 1), 2, 0));
    try (EngineThread engine = EngineThread.start("cpu")) {
      engine.run(
          () -> {
            try (TorchScriptOps ops = TorchScriptOps.create(engine, ComputePrecision.F32_PACKED);
                NDManager manager = engine.newManager()) {
              sizes.forEach(one -> sameConvolutions(ops.packed().orElseThrow(), manager, one));
              sameLinear(ops.packed().orElseThrow(), manager);
            }
          });
    }
  }

  private static void sameConvolutions(PackedOps ops, NDManager manager, Sizes sizes) {
    NDArray x = manager.randomNormal(sizes.x());
    NDArray w = manager.randomNormal(sizes.kernel());
    NDArray b = manager.randomNormal(new Shape(sizes.kernel().get(0)));
    NDArray packed = ops.packKernel(w, x, sizes.stride(), sizes.padding());
    // in a convolution's layouts a kernel of one pixel would depend on the map it first met
    boolean matrix = sizes.kernel().get(2) == 1 && sizes.stride() == 1;
    assertThat(packed.getShape().dimension()).isEqualTo(matrix ? 2 : 4);
    Optional<float[]> expected = Optional.empty();
    for (ProductForm form : ProductForm.values()) {
      NDArray kernel = form == ProductForm.PACKED ? packed : w;
      NDArray y = ops.conv2d(form, x, kernel, b, sizes.stride(), sizes.padding());
      float[] values = y.toFloatArray();
      assertThat(Errors.ofLargest(values, expected.orElse(values))).as("%s", form).isLessThan(1e-5);
      expected = Optional.of(values);
    }
  }

  private static void sameLinear(PackedOps ops, NDManager manager) {
    NDArray x = manager.randomNormal(new Shape(2, 5, 8));
    NDArray w = manager.randomNormal(new Shape(6, 8));
    NDArray b = manager.randomNormal(new Shape(6));
    for (NDArray bias : new NDArray[] {b, null}) {
      float[] packed = ops.linear(ProductForm.PACKED, x, ops.packMatrix(w), bias).toFloatArray();
      float[] plain = ops.linear(ProductForm.PLAIN, x, w, bias).toFloatArray();
      assertThat(Errors.ofLargest(plain, packed)).isLessThan(1e-5);
    }
  }
}
