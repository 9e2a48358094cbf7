package dev.forgetmenot.kit.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Of a judge whose cosines are the red and the green of an image. */
class AbstainingClassifierTest {
  private static final List<String> THINGS = List.of("a cup", "a house");

  /** Knows a cup, by red, and a house, by green. */
  private static class Chooses implements ImageClassifier {
    @Override
    public List<String> things() {
      return THINGS;
    }

    @Override
    public List<String> styles() {
      return List.of("ink");
    }

    @Override
    public List<String> classify(List<RgbImage> images) {
      return images.stream().map(image -> THINGS.get(difference(image) > 0 ? 0 : 1)).toList();
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> images) {
      return images.stream().map(image -> "ink").toList();
    }

    static double difference(RgbImage image) {
      return (image.rgb()[0] - image.rgb()[1]) / 100.0;
    }
  }

  private static final class Measures extends Chooses {
    @Override
    public double[] margins(List<RgbImage> images) {
      return images.stream().mapToDouble(image -> Math.abs(difference(image))).toArray();
    }
  }

  private static RgbImage image(int red, int green) {
    return new RgbImage(1, 1, new byte[] {(byte) red, (byte) green, 0});
  }

  /** Cups with margins of 0.01 to 0.40, and a house that was asked for as a cup. */
  private static List<EvaluationResult.Row> cups(ImageClassifier judge) {
    List<RgbImage> images =
        new ArrayList<>(IntStream.rangeClosed(1, 40).mapToObj(i -> image(i, 0)).toList());
    images.add(image(0, 1));
    return List.of(new EvaluationResult.Row("a cup", images, judge.classify(images)));
  }

  @Test
  void oneInTwentyOfTheRightAnswersIsLost() {
    ImageClassifier judge = new Measures();
    ImageClassifier sure = AbstainingClassifier.calibrated(judge, cups(judge));
    List<RgbImage> own = cups(judge).get(0).images().subList(0, 40);
    assertThat(sure.classify(own).subList(0, 2)).containsOnly(EvaluationResult.NO_ANSWER);
    assertThat(sure.classify(own).subList(2, 40)).containsOnly("a cup");
    assertThat(sure.classify(List.of(image(52, 50), image(50, 52), image(20, 60))))
        .containsExactly(EvaluationResult.NO_ANSWER, EvaluationResult.NO_ANSWER, "a house");
    assertThat(sure.things()).isEqualTo(THINGS);
    assertThat(sure.classifyStyle(List.of(image(1, 1)))).as("styles").containsExactly("ink");
  }

  @Test
  void aJudgeThatMeasuresOrRecognisesNothingStaysAsItIs() {
    assertThat(AbstainingClassifier.canCalibrate(new Chooses())).isFalse();
    ImageClassifier measures = new Measures();
    assertThat(AbstainingClassifier.canCalibrate(measures)).isTrue();
    assertThat(AbstainingClassifier.canCalibrate(new AbstainingClassifier(measures, 0))).isFalse();
    List<RgbImage> house = List.of(image(0, 9));
    EvaluationResult.Row wrong = new EvaluationResult.Row("a cup", house, List.of("a house"));
    assertThat(AbstainingClassifier.calibrated(measures, List.of(wrong))).isSameAs(measures);
  }
}
