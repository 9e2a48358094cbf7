package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gradients of activations that are computed again are those of activations that were kept. */
class GradientCheckpointingTest {
  private static final Path UNET = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/unet");
  private static final double[] TIMES = {500, 20};

  private final Map<String, ModelParameter> parameters = new LinkedHashMap<>();
  private EngineThread engine;
  private NDManager manager;
  private Ops ops;
  private UNet2DConditionModel unet;
  private NDArray latents;
  private NDArray context;

  @BeforeEach
  void load() throws Exception {
    engine = EngineThread.start("cpu");
    engine.<Void, Exception>call(
        () -> {
          manager = engine.newManager();
          ops = TorchScriptOps.create(engine);
          unet = ComponentFolders.unet(UNET, manager, ops);
          unet.weights()
              .all()
              .forEach(parameter -> parameters.put("unet/" + parameter.name(), parameter));
          latents = manager.randomNormal(new Shape(2, unet.config().inChannels(), 8, 8));
          context = manager.randomNormal(new Shape(2, 7, unet.config().crossAttentionDim().get(0)));
          return null;
        });
  }

  @AfterEach
  void close() {
    engine.run(
        () -> {
          unet.close();
          ops.close();
          manager.close();
        });
    engine.close();
  }

  @Test
  void ofTwoPredictions() {
    check(
        micro -> {
          NDArray first = unet.forward(own(latents, micro), TIMES, own(context, micro), NONE);
          NDArray second = unet.forward(first, TIMES, own(context, micro), NONE);
          return first.square().mean().add(second.square().mean());
        });
  }

  @Test
  void ofAttentionAndPrediction() {
    check(
        micro -> {
          AttentionSum attention = new AttentionSum(true);
          NDArray made =
              unet.forward(
                  own(latents, micro),
                  TIMES,
                  own(context, micro),
                  AttentionHooks.observing(attention));
          assertThat(attention.layers).as("shown once").hasSize(unet.attentionSites().size());
          return attention.sum.add(made.square().mean());
        });
  }

  @Test
  void ofAPassThatEndsAtTheLastLayerThatIsWatched() {
    check(
        micro -> {
          AttentionSum attention = new AttentionSum(false);
          unet.observe(
              own(latents, micro), TIMES, own(context, micro), AttentionHooks.observing(attention));
          return attention.sum;
        });
  }

  /** Trained embeddings reach the UNet so; here the graph before it begins at a weight. */
  @Test
  void ofWhatComesInWithAGraph() {
    check(
        micro -> {
          NDArray weight = parameters.get("unet/conv_out.bias").array().sum();
          NDArray words = own(context, micro).add(weight);
          NDArray first = unet.forward(own(latents, micro), TIMES, words, NONE);
          NDArray second = unet.forward(own(latents, micro).add(weight), TIMES, words, NONE);
          return first.square().mean().add(second.abs().mean());
        });
  }

  @Test
  void aPassWithoutAGraphRunsAsEver() {
    check(
        micro -> {
          NDArray base =
              engine.withoutGraph(
                  () -> unet.forward(own(latents, micro), TIMES, own(context, micro), NONE));
          NDArray now = unet.forward(own(latents, micro), TIMES, own(context, micro), NONE);
          return now.sub(base.add(1)).square().mean();
        });
  }

  private static final AttentionHooks NONE = AttentionHooks.NONE;

  private void check(Function<NDManager, NDArray> loss) {
    Map<String, float[]> kept = gradients(false, loss);
    Map<String, float[]> again = gradients(true, loss);
    assertThat(again.keySet()).isEqualTo(kept.keySet()).hasSizeGreaterThan(20);
    double largest = 0;
    for (float[] gradient : kept.values()) {
      for (float value : gradient) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    assertThat(largest).isPositive();
    for (String name : kept.keySet()) {
      assertThat(again.get(name))
          .as(name)
          .containsExactly(kept.get(name), Offset.offset((float) (2e-6 * largest)));
    }
  }

  private Map<String, float[]> gradients(boolean again, Function<NDManager, NDArray> loss) {
    TrainingOptions options =
        TrainingOptions.builder(name -> true, 1e-30)
            .weightDecay(0)
            .maxGradNorm(Double.POSITIVE_INFINITY)
            .accumulation(2)
            .gradientCheckpointing(again)
            .build();
    try (TrainingSession session = TrainingSession.open(engine, ops, parameters, options)) {
      session.step(loss);
      return session.lastGradients();
    }
  }

  private static NDArray own(NDArray array, NDManager micro) {
    NDArray copy = array.reshape(array.getShape());
    copy.attach(micro);
    return copy;
  }

  /** Sums squares of the first column of every layer, or of those to the prompt. */
  private static final class AttentionSum implements AttentionObserver {
    private final boolean all;
    private final List<AttentionLayer> layers = new ArrayList<>();
    private NDArray sum;

    AttentionSum(boolean all) {
      this.all = all;
    }

    @Override
    public boolean watches(AttentionLayer site) {
      return all || site.cross();
    }

    @Override
    public void observe(AttentionLayer site, NDArray probabilities) {
      layers.add(site);
      NDArray square = probabilities.get(":, :, 0").square().sum();
      sum = sum == null ? square : sum.add(square);
    }
  }
}
