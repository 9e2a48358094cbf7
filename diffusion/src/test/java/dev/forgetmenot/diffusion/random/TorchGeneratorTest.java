package dev.forgetmenot.diffusion.random;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchGeneratorTest {
  record Reference(String made_with, List<Run> runs) {}

  record Run(long seed, List<Call> calls) {}

  record Call(int count, List<Integer> at, List<Double> values, double sum) {}

  @Test
  void equalsPyTorchForManySeedsSizesAndSequencesOfCalls() throws IOException {
    Reference reference = reference();
    assertThat(reference.runs()).hasSizeGreaterThan(50);
    double worst = 0;
    for (Run run : reference.runs()) {
      var generator = new TorchGenerator(run.seed());
      for (Call call : run.calls()) {
        float[] drawn = generator.normal(call.count());
        for (int i = 0; i < call.at().size(); i++) {
          worst = Math.max(worst, Math.abs(drawn[call.at().get(i)] - call.values().get(i)));
        }
        double sum = 0;
        for (float value : drawn) {
          sum += value;
        }
        assertThat(sum).isCloseTo(call.sum(), within(1e-6 * call.count()));
      }
    }
    System.err.println("numerics: torch-randn.json normal " + worst);
    assertThat(worst).isLessThan(1e-6);
  }

  @Test
  void usesTheLower32BitsOfTheSeedAsPyTorchDoes() {
    assertThat(new TorchGenerator((1L << 40) + 7).normal(20))
        .isEqualTo(new TorchGenerator(7).normal(20));
  }

  @Test
  void drawingInTwoCallsDiffersFromDrawingInOneWhenPyTorchsDoes() {
    var apart = new TorchGenerator(1);
    apart.normal(15);
    assertThat(apart.normal(1)[0]).isNotEqualTo(new TorchGenerator(1).normal(16)[15]);
  }

  @Test
  void refusesToDrawNothing() {
    var generator = new TorchGenerator(1);
    assertThatThrownBy(() -> generator.normal(0)).hasMessageContaining("not 0");
  }

  @Test
  void aImageDoesNotDependOnItsNeighbours() {
    float[] three = PerImageNoise.seeded(5, 3).normal(3 * 64);
    float[] alone = new TorchGenerator(6).normal(64);
    assertThat(java.util.Arrays.copyOfRange(three, 64, 128)).isEqualTo(alone);
    assertThatThrownBy(() -> PerImageNoise.seeded(5, 3).normal(64))
        .hasMessage("64 numbers cannot be shared by 3 images");
  }

  private static Reference reference() throws IOException {
    try (var in = TorchGeneratorTest.class.getResourceAsStream("torch-randn.json");
        var reader = new InputStreamReader(in, UTF_8)) {
      return new Gson().fromJson(reader, Reference.class);
    }
  }
}
