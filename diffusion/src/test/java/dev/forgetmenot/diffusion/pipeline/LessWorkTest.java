package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guidance intervals and kept features in the pipeline, against plain and composed runs. */
class LessWorkTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final double TOLERANCE = 1e-5;
  private static final GenerationRequest REQUEST =
      GenerationRequest.of("a photo of a fox").toBuilder()
          .sampler("ddim")
          .steps(5)
          .guidance(6)
          .seed(5)
          .count(2)
          .build();

  private static GenerationRequest guided(double from, double until) {
    return REQUEST.toBuilder().guidanceInterval(new GuidanceInterval(from, until)).build();
  }

  private static GenerationRequest cached(GenerationRequest request, int depth, int interval) {
    return request.toBuilder().featureCache(new FeatureCache(depth, interval)).build();
  }

  private float[] latents(GenerationRequest request, SamplingExtension... extensions)
      throws IOException {
    LoadOptions options = LoadOptions.defaults().sampled(List.of(extensions), List.of());
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      return latents(sd, request, extensions);
    }
  }

  /** How many arrays each run left on its manager. */
  private final Set<Integer> left = new HashSet<>();

  @AfterEach
  void everyRunLeavesAsManyArrays() {
    assertThat(left).hasSizeLessThan(2);
  }

  /** The last latents. */
  private float[] latents(
      StableDiffusion sd, GenerationRequest request, SamplingExtension... extensions) {
    GenerationHooks hooks =
        new GenerationHooks(List.of(extensions), StepListener.NONE, () -> false);
    return sd.engine()
        .call(
            () -> {
              try (NDManager manager = sd.newManager();
                  NDArray latents = sd.pipeline().latents(request, hooks, manager)) {
                left.add(manager.getManagedArrays().size());
                return latents.toFloatArray();
              }
            });
  }

  /** Both predictions are made, and outside of some steps the prompt's own is taken. */
  private static SamplingExtension promptAloneOutside(int first, int end, List<Integer> asked) {
    return (request, model) ->
        new SamplingExtension.Run() {
          @Override
          public Optional<NDArray> guidance(
              int step, NDArray unconditional, NDArray conditional, double scale) {
            asked.add(step);
            return step >= first && step < end ? Optional.empty() : Optional.of(conditional);
          }
        };
  }

  @Test
  void theWholeIntervalIsThePlainRunBitByBit() throws IOException {
    float[] plain = latents(REQUEST);
    assertThat(latents(guided(0, 1))).isEqualTo(plain);
    assertThat(latents(cached(REQUEST, 3, 1))).isEqualTo(plain);
    assertThat(latents(guided(0, 0)))
        .isEqualTo(latents(REQUEST.toBuilder().guidance(1).build()))
        .isNotEqualTo(plain);
  }

  @Test
  void outsideOfTheIntervalThePromptsPredictionIsTaken() throws IOException {
    float[] plain = latents(REQUEST);
    List<Integer> all = new ArrayList<>();
    float[] expected = latents(REQUEST, promptAloneOutside(1, 3, all));
    assertThat(all).containsExactly(0, 1, 2, 3, 4);
    float[] found = latents(guided(0.2, 0.6));
    double error = Errors.ofLargest(found, expected);
    Errors.print(MODEL, "guidance interval", error);
    assertThat(error).isLessThan(TOLERANCE);
    assertThat(Errors.ofLargest(found, plain)).isGreaterThan(1e-2);

    List<Integer> asked = new ArrayList<>();
    latents(guided(0.2, 0.6), promptAloneOutside(0, 5, asked));
    assertThat(asked).containsExactly(1, 2);
  }

  @Test
  void anImageToBeginWithIsGuidedAtTheSameNoiseLevels() throws IOException {
    byte[] grey = new byte[3 * 32 * 32];
    InitialImage initial = new InitialImage(new RgbImage(32, 32, grey), 0.8, Optional.empty());
    GenerationRequest begun =
        guided(0, 0.6).toBuilder().width(32).height(32).initial(initial).build();
    List<Integer> asked = new ArrayList<>();
    float[] found = latents(begun, promptAloneOutside(0, 5, asked));
    assertThat(asked).containsExactly(0, 1); // steps 1 and 2 of 5
    assertThat(latents(cached(begun, 0, 2))).isNotEqualTo(found);
  }

  @Test
  void everySamplerDrawsWithKeptFeatures() throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      List<String> names = sd.samplers().stream().map(sampler -> sampler.name()).toList();
      assertThat(names).hasSizeGreaterThan(15);
      for (String name : names) {
        GenerationRequest plain = REQUEST.sampled(name, 4);
        float[] exact = latents(sd, plain);
        double near = Errors.ofLargest(latents(sd, cached(plain, 6, 2)), exact);
        double far = Errors.ofLargest(latents(sd, cached(plain, 0, 4)), exact);
        assertThat(near).as(name).isPositive();
        assertThat(far).as(name).isPositive().isFinite();
        everyRunLeavesAsManyArrays();
        left.clear(); // samplers differ in it
      }
    }
  }

  @Test
  void aBatchOfAnotherSizeKeepsFeaturesOfItsOwn() throws IOException {
    GenerationRequest half = cached(guided(0, 0.6), 0, 100);
    float[] found = latents(half);
    assertThat(found).isEqualTo(latents(half));
    // The fourth prediction is whole, since the third was of two rows an image.
    float[] expected =
        latents(cached(REQUEST, 0, 100), promptAloneOutside(0, 3, new ArrayList<>()));
    assertThat(Errors.ofLargest(found, expected)).isGreaterThan(TOLERANCE);
  }

  @Test
  void stepsWhoseAttentionIsWatchedTakeNothingThatWasKept() throws IOException {
    AtomicInteger seen = new AtomicInteger();
    SamplingExtension watching =
        (request, model) ->
            new SamplingExtension.Run() {
              @Override
              public AttentionHooks attention(int step) {
                return AttentionHooks.observing(new Counting(seen));
              }
            };
    float[] watched = latents(REQUEST, watching);
    int layers = seen.getAndSet(0);
    assertThat(latents(cached(REQUEST, 0, 3), watching)).isEqualTo(watched);
    assertThat(seen).hasValue(layers);
    assertThat(latents(cached(REQUEST, 0, 3))).isNotEqualTo(latents(REQUEST));
  }

  @Test
  void reducedPrecisionKeepsFeaturesToo() throws IOException {
    LoadOptions narrow = LoadOptions.defaults().computing(ComputePrecision.F32_PACKED);
    float[] expected = latents(cached(REQUEST, 2, 2));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, narrow)) {
      float[] found = latents(sd, cached(REQUEST, 2, 2));
      assertThat(Errors.ofLargest(found, expected)).isLessThan(1e-4);
    }
  }

  @Test
  void aDepthThatTheModelLacksIsRefused() {
    assertThatThrownBy(() -> latents(cached(REQUEST, 12, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cache depth 12 is deeper than this UNet");
    assertThatThrownBy(() -> guided(0.7, 0.6)).hasMessageContaining("0 ≤ from ≤ until ≤ 1");
    assertThatThrownBy(() -> cached(REQUEST, 0, 0)).hasMessageContaining("[1, 1000], not 0");
  }

  @Test
  void sharesAreOfAllPredictions() {
    GuidanceInterval interval = new GuidanceInterval(0.25, 0.6);
    assertThat(IntStream.range(0, 10).filter(i -> interval.contains(i, 10)))
        .containsExactly(2, 3, 4, 5);
  }

  /** Counts the layers that it sees. */
  private record Counting(AtomicInteger seen) implements AttentionObserver {
    @Override
    public boolean watches(AttentionLayer site) {
      return true;
    }

    @Override
    public void observe(AttentionLayer site, NDArray values) {
      seen.incrementAndGet();
    }
  }
}
