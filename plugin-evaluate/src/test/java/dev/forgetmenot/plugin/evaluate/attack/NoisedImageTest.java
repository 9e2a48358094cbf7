package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.PredictionType;
import org.junit.jupiter.api.Test;

class NoisedImageTest {
  private static final float[] CLEAN = {1, -2};
  private static final float[] NOISE = {0.5f, 3};

  private static NoisedImage image(PredictionType predicted) {
    return new NoisedImage(CLEAN, new double[] {1, 0.64}, predicted);
  }

  @Test
  void mixesByTheRootsOfWhatIsKept() {
    NoisedImage image = image(PredictionType.EPSILON);
    assertThat(image.at(0, NOISE)).containsExactly(1, -2);
    // 0.8 of the image and 0.6 of the noise
    assertThat(image.at(1, NOISE)).usingComparatorWithPrecision(1e-6f).containsExactly(1.1f, 0.2f);
  }

  @Test
  void theTargetIsWhatTheModelPredicts() {
    assertThat(image(PredictionType.EPSILON).target(1, NOISE)).isEqualTo(NOISE);
    assertThat(image(PredictionType.SAMPLE).target(1, NOISE)).isEqualTo(CLEAN);
    assertThat(image(PredictionType.V_PREDICTION).target(1, NOISE))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(-0.2f, 3.6f); // 0.8 ε - 0.6 x₀
  }
}
