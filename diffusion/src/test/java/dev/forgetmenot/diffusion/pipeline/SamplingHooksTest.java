package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.ModelView;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The hooks of {@link SamplingExtension} on the tiny model: same bits as the built-in way. */
class SamplingHooksTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final GenerationRequest REQUEST =
      GenerationRequest.of("a photo of a fox").sampled("ddim", 3).seeds(5, 2);

  private static GenerationRequest guidedBy(double scale) {
    return REQUEST.toBuilder().guidance(scale).build();
  }

  private static List<byte[]> draw(GenerationRequest request, SamplingExtension... extensions)
      throws IOException {
    LoadOptions options = LoadOptions.defaults().sampled(List.of(extensions), List.of());
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      List<byte[]> images = bytes(sd.generate(request));
      int arrays = arrays(sd);
      assertThat(bytes(sd.generate(request)))
          .usingElementComparator(Arrays::compare)
          .isEqualTo(images);
      assertThat(arrays(sd)).isEqualTo(arrays); // nothing is left behind
      return images;
    }
  }

  private static List<byte[]> bytes(List<RgbImage> images) {
    return images.stream().map(RgbImage::rgb).toList();
  }

  private static int arrays(StableDiffusion sd) {
    return sd.engine().call(() -> sd.pipeline().parts().manager().getManagedArrays().size());
  }

  private static void assertSame(List<byte[]> found, List<byte[]> expected) {
    assertThat(found).usingElementComparator(Arrays::compare).isEqualTo(expected);
  }

  private static void assertOthers(List<byte[]> found, List<byte[]> others) {
    assertThat(found.get(0)).isNotEqualTo(others.get(0));
  }

  /** Classifier-free guidance of another scale. */
  private static SamplingExtension scaledBy(float factor) {
    return (request, model) ->
        new SamplingExtension.Run() {
          @Override
          public Optional<NDArray> guidance(
              int step, NDArray unconditional, NDArray conditional, double scale) {
            try (NDArray difference = conditional.sub(unconditional);
                NDArray scaled = difference.mul((float) scale * factor)) {
              return Optional.of(unconditional.add(scaled));
            }
          }
        };
  }

  @Test
  void guidanceOfTwiceTheScaleIsThatOfADoubledRequest() throws IOException {
    List<byte[]> doubled = draw(guidedBy(6));
    assertSame(draw(guidedBy(3), scaledBy(2)), doubled);
    assertOthers(draw(guidedBy(3)), doubled);
    assertSame(draw(guidedBy(3), scaledBy(2), scaledBy(5)), doubled); // the first decides
    assertSame(draw(guidedBy(1), scaledBy(2)), draw(guidedBy(1))); // not guided, not asked
  }

  @Test
  void aHookMayReturnWhatItWasGiven() throws IOException {
    SamplingExtension conditional =
        (request, model) ->
            new SamplingExtension.Run() {
              @Override
              public Optional<NDArray> guidance(
                  int step, NDArray unconditional, NDArray prediction, double scale) {
                return Optional.of(prediction);
              }
            };
    List<byte[]> found = draw(guidedBy(3), conditional);
    assertOthers(found, draw(guidedBy(3)));
    assertThat(found).hasSize(2);
  }

  /** Multiplies the prediction after guidance. */
  private static SamplingExtension times(float factor) {
    return (request, model) ->
        new SamplingExtension.Run() {
          @Override
          public NDArray modelOutput(int step, NDArray output) {
            return factor == 1 ? output : output.mul(factor);
          }
        };
  }

  @Test
  void thePredictionAfterGuidanceIsWhatTheSamplerGets() throws IOException {
    SamplingExtension halved =
        (request, model) ->
            new SamplingExtension.Run() {
              @Override
              public Optional<NDArray> guidance(
                  int step, NDArray unconditional, NDArray conditional, double scale) {
                try (NDArray difference = conditional.sub(unconditional);
                    NDArray scaled = difference.mul((float) scale);
                    NDArray guided = unconditional.add(scaled)) {
                  return Optional.of(guided.mul(0.5f));
                }
              }
            };
    List<byte[]> plain = draw(guidedBy(3));
    List<byte[]> expected = draw(guidedBy(3), halved);
    assertSame(draw(guidedBy(3), times(0.5f)), expected);
    assertOthers(expected, plain);
    assertSame(draw(guidedBy(3), times(0.25f), times(4)), plain); // each gets the one before
    assertSame(draw(guidedBy(3), times(1)), plain);
    assertOthers(draw(guidedBy(1), times(0.5f)), draw(guidedBy(1))); // asked unguided too
  }

  @Test
  void anArrayOfAnotherShapeIsAnErrorThatNamesTheExtension() {
    SamplingExtension.Run run =
        new SamplingExtension.Run() {
          @Override
          public NDArray modelOutput(int step, NDArray output) {
            return output.get("0:1");
          }
        };
    assertThatThrownBy(() -> draw(guidedBy(3), (request, model) -> run))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("modelOutput of the sampling extension " + run.getClass().getName())
        .hasMessageContaining("expected (2, 4, ");
  }

  @Test
  void aConditionWithInputsThatTheUNetLacksIsRefused() throws IOException {
    SamplingExtension pooling =
        (request, model) ->
            new SamplingExtension.Run() {
              @Override
              public TextCondition textCondition(TextCondition condition, boolean negative) {
                NDArray pooled = condition.context().getManager().zeros(new Shape(1, 4));
                return new TextCondition(
                    condition.context(), Optional.of(pooled), Optional.empty());
              }
            };
    assertThatThrownBy(() -> draw(guidedBy(3), pooling))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("textCondition of the sampling extension")
        .hasMessageContaining("(1, 4)");
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
        NDManager manager = sd.newManager()) {
      sd.engine()
          .run(
              () -> {
                NDArray latents = manager.zeros(new Shape(1, 4, 8, 8));
                NDArray context = manager.zeros(new Shape(1, 7, 32));
                double[] timesteps = {500};
                NDArray ids = manager.zeros(new Shape(1, 6));
                TextCondition more = new TextCondition(context, Optional.empty(), Optional.of(ids));
                assertThatThrownBy(() -> sd.predict(latents, timesteps, more, AttentionHooks.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("context alone");
                sd.predict(latents, timesteps, TextCondition.of(context), AttentionHooks.NONE)
                    .close();
                assertThatThrownBy(() -> TextCondition.of(ids)).hasMessageContaining("(b, n, d)");
                assertThatThrownBy(
                        () -> new TextCondition(context, Optional.of(context), Optional.empty()))
                    .hasMessageContaining("pooled")
                    .hasMessageContaining("(b, p)");
              });
    }
  }

  @Test
  void conditionsAreRepeatedAndConcatenatedInAllTheirParts() throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
        NDManager manager = sd.newManager()) {
      sd.engine()
          .run(
              () -> {
                TextCondition one = condition(manager, 1);
                TextCondition two = condition(manager, 10).repeat(2);
                TextCondition all = TextCondition.concat(List.of(two, one));
                assertThat(all.context().getShape()).isEqualTo(new Shape(3, 2, 1));
                assertThat(all.context().toFloatArray()).containsExactly(10, 10, 10, 10, 1, 1);
                assertThat(all.pooled().orElseThrow().toFloatArray()).containsExactly(20, 20, 2);
                assertThat(all.timeIds().orElseThrow().getShape()).isEqualTo(new Shape(3, 6));
                all.close();
                assertThat(one.context().toFloatArray()).containsExactly(1, 1);
              });
    }
  }

  private static TextCondition condition(NDManager manager, float value) {
    return new TextCondition(
        manager.ones(new Shape(1, 2, 1)).mul(value),
        Optional.of(manager.ones(new Shape(1, 1)).mul(2 * value)),
        Optional.of(manager.ones(new Shape(1, 6)).mul(3 * value)));
  }

  @Test
  void theModelOfARunIsTheOneThatDraws() throws IOException {
    List<Integer> steps = new ArrayList<>();
    List<ModelView> models = new ArrayList<>();
    SamplingExtension looking =
        (request, model) -> {
          models.add(model);
          return new SamplingExtension.Run() {
            @Override
            public TextCondition textCondition(TextCondition condition, boolean negative) {
              if (negative) {
                return condition;
              }
              try (TextCondition same =
                  model.encodePrompts(List.of(model.tokenize(request.prompt())))) {
                assertThat(condition.context().toFloatArray())
                    .isEqualTo(same.context().toFloatArray());
              }
              return model.encodePrompts(List.of(model.tokenize("a castle")));
            }

            @Override
            public NDArray latents(int step, NDArray latents) {
              steps.add(step);
              assertThat(model.decodeLatents(latents)).hasSize(request.count());
              return latents;
            }
          };
        };
    assertSame(draw(guidedBy(3), looking), draw(guidedBy(3).prompted("a castle")));
    assertThat(steps).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(models).hasSize(2);
    assertThat(models.get(0).weights().names()).contains("unet/conv_in.weight");
    assertThat(models.get(0).noiseSchedule().trainSteps()).isEqualTo(1000);
  }
}
