package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Conv2d;
import dev.forgetmenot.diffusion.layer.GroupNorm;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.layer.TimeShift;
import dev.forgetmenot.diffusion.weights.MetaParameters;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import dev.forgetmenot.files.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Predicts the noise, or what the model was trained to predict, in latents. {@link #close} frees
 * the weights. For the engine thread.
 */
public final class UNet2DConditionModel implements AutoCloseable {
  private final UNetConfig config;
  private final Ops ops; // null when only shapes are wanted
  private final ModelParameters weights; // null when only shapes are wanted
  private final TimestepEmbedding timeEmbedding;
  private final Conv2d convIn;
  private final List<DownBlock2D> downBlocks = new ArrayList<>();
  private final UNetMidBlock2DCrossAttn midBlock;
  private final List<UpBlock2D> upBlocks = new ArrayList<>();
  private final GroupNorm convNormOut;
  private final Conv2d convOut;
  private final List<AttentionLayer> attentionSites;

  /** Builds the model on weights, which it then owns. */
  public UNet2DConditionModel(UNetConfig config, ModelParameters weights, Ops ops) {
    this(config, ModulePath.root(weights, ops), weights);
  }

  private UNet2DConditionModel(UNetConfig config, ModulePath scope, ModelParameters weights) {
    this.config = config;
    this.ops = scope.ops();
    this.weights = weights;
    int first = config.blockOutChannels().get(0);
    convIn = Conv2d.same(scope.in("conv_in"), config.inChannels(), first, config.convInKernel());
    timeEmbedding =
        new TimestepEmbedding(
            scope.in("time_embedding"),
            config,
            config
                .textTime()
                .map(shape -> new TextTimeEmbedding(scope.in("add_embedding"), config, shape)));
    int blocks = config.blockOutChannels().size();
    for (int i = 0; i < blocks; i++) {
      downBlocks.add(new DownBlock2D(scope.in("down_blocks." + i), config, i));
    }
    midBlock = new UNetMidBlock2DCrossAttn(scope.in("mid_block"), config);
    int skip = skipConnections() - 1;
    for (int i = 0; i < blocks; i++) {
      UpBlock2D block = new UpBlock2D(scope.in("up_blocks." + i), config, i, skip);
      upBlocks.add(block);
      skip = block.above();
    }
    convNormOut =
        new GroupNorm(scope.in("conv_norm_out"), first, config.normGroups(), config.normEps());
    convOut =
        Conv2d.exact(scope.in("conv_out"), first, config.outChannels(), config.convOutKernel());
    List<AttentionLayer> sites = new ArrayList<>();
    downBlocks.forEach(block -> sites.addAll(block.attentionSites()));
    sites.addAll(midBlock.attentionSites());
    upBlocks.forEach(block -> sites.addAll(block.attentionSites()));
    attentionSites = List.copyOf(sites);
  }

  /** The canonical names of the weights and their shapes. */
  public static Map<String, Shape> parameterShapes(UNetConfig config) {
    MetaParameters shapes = new MetaParameters();
    UNet2DConditionModel unused =
        new UNet2DConditionModel(config, ModulePath.root(shapes, null), null);
    return shapes.shapes();
  }

  /** The attention layers of a configuration, in the order in which they run. */
  public static List<AttentionLayer> attentionSites(UNetConfig config) {
    return new UNet2DConditionModel(config, ModulePath.root(new MetaParameters(), null), null)
        .attentionSites();
  }

  /** The configuration. */
  public UNetConfig config() {
    return config;
  }

  /** One for conv_in, one for each layer on the way down, and one for each halving. */
  private int skipConnections() {
    return config.layersPerBlock().stream().mapToInt(Integer::intValue).sum()
        + config.blockOutChannels().size();
  }

  /** The weights. */
  public ModelParameters weights() {
    return weights;
  }

  /** The attention layers in the order in which they run. */
  public List<AttentionLayer> attentionSites() {
    return attentionSites;
  }

  /**
   * One prediction.
   *
   * @param sample latents (b, c, h, w) of any height and width; stays open
   * @param timesteps one for each of the batch
   * @param condition of b rows; stays open
   * @param hooks who looks at the attention
   * @return (b, c', h, w), of the manager of {@code sample}
   * @throws IllegalArgumentException if shapes do not fit each other or the model
   */
  public NDArray forward(
      NDArray sample, double[] timesteps, TextCondition condition, AttentionHooks hooks) {
    check(sample, timesteps, condition);
    return run(sample, timesteps, condition, ForwardPass.whole(hooks, ops.checkpointing()));
  }

  /** The same of a model whose condition is a context (b, n, d) alone. */
  public NDArray forward(
      NDArray sample, double[] timesteps, NDArray context, AttentionHooks hooks) {
    return forward(sample, timesteps, TextCondition.of(context), hooks);
  }

  /**
   * The prediction of one step of a generation, with the same timestep for all of the batch.
   *
   * @param sample latents (b, c, h, w) of any height and width; stays open
   * @param step counted from 0
   * @param inputs condition and timesteps; keep what layers make of them for the next step
   * @param hooks who looks at the attention
   * @param features what the generation keeps between its predictions
   * @return (b, c', h, w), of the manager of {@code sample}
   * @throws IllegalArgumentException if shapes do not fit each other or the model, or the cache is
   *     deeper than the model
   */
  public NDArray forward(
      NDArray sample, int step, FixedInputs inputs, AttentionHooks hooks, DeepFeatures features) {
    check(sample, inputs.condition());
    features.begin(sample.getShape().get(0), skipConnections(), hooks);
    weights.ready("");
    return run(
        sample,
        projection -> inputs.shift(projection, timeEmbedding, step),
        inputs.condition().context(),
        new ForwardPass(hooks, Optional.empty(), Optional.of(inputs), features, Optional.empty()));
  }

  /**
   * Runs as far as the last attention layer that an observer watches; arguments as in {@link
   * #forward}.
   *
   * @throws IllegalArgumentException if shapes do not fit, or no layer has an observer
   */
  public void observe(
      NDArray sample, double[] timesteps, TextCondition condition, AttentionHooks hooks) {
    check(sample, timesteps, condition);
    run(
        sample,
        timesteps,
        condition,
        ForwardPass.watched(hooks, attentionSites, ops.checkpointing()));
  }

  /** The same of a model whose condition is a context (b, n, d) alone. */
  public void observe(NDArray sample, double[] timesteps, NDArray context, AttentionHooks hooks) {
    observe(sample, timesteps, TextCondition.of(context), hooks);
  }

  private NDArray run(
      NDArray sample, double[] timesteps, TextCondition condition, ForwardPass pass) {
    weights.ready("");
    try (NDArray time = timeEmbedding.forward(condition, timesteps)) {
      NDArray entered = pass.enter(time);
      return run(
          pass.enter(sample),
          projection -> new ModelParameter.Use(projection.forward(entered), true),
          pass.enter(condition.context()),
          pass);
    }
  }

  /** The prediction, or null if the pass ends before. */
  private NDArray run(NDArray sample, TimeShift time, NDArray context, ForwardPass pass) {
    Deque<NDArray> skips = new ArrayDeque<>();
    try {
      NDArray head = pass.segment(inputs -> convIn.forward(inputs[0]), sample);
      skips.push(head);
      for (DownBlock2D block : downBlocks) {
        head = head == null ? null : block.forward(head, time, context, pass, skips);
      }
      if (head == null) {
        return null;
      }
      head = // what comes before is a skip and stays
          pass.features().reused()
              ? pass.features().feature()
              : pass.segment(
                  inputs -> midBlock.forward(inputs[0], time, inputs[1], pass), head, context);
      for (UpBlock2D block : upBlocks) {
        head = head == null ? null : block.forward(head, time, context, pass, skips);
      }
      if (head == null) {
        return null;
      }
      try (NDArray last = head) {
        return pass.segment(
            inputs ->
                LayerChain.from(inputs[0]).then(convNormOut::silu).then(convOut::forward).get(),
            last);
      }
    } finally {
      skips.forEach(NDArray::close); // those that a pass that ended has not taken
    }
  }

  private void check(NDArray sample, double[] timesteps, TextCondition condition) {
    check(sample, condition);
    if (timesteps.length != sample.getShape().get(0)) {
      throw new IllegalArgumentException(
          "expected one timestep for each of "
              + sample.getShape().get(0)
              + " latents, not "
              + timesteps.length);
    }
  }

  private void check(NDArray sample, TextCondition condition) {
    NDArray context = condition.context();
    Shape s = sample.getShape();
    if (s.dimension() != 4 || s.get(1) != config.inChannels()) {
      throw new IllegalArgumentException(
          "latents should be (b, " + config.inChannels() + ", h, w), not " + s);
    }
    Shape c = context.getShape();
    long width = config.crossAttentionDim().get(0);
    if (c.dimension() != 3 || c.get(0) != s.get(0) || c.get(2) != width) {
      throw new IllegalArgumentException(
          "the context should be (" + s.get(0) + ", n, " + width + "), not " + c);
    }
    if (config.textTime().isPresent()) {
      int pooled = config.textTime().get().pooled();
      boolean fits =
          condition.timeIds().isPresent()
              && condition.pooled().map(p -> p.getShape().get(1) == pooled).orElse(false);
      if (!fits) {
        throw new IllegalArgumentException(
            Message.of(
                "this UNet takes a pooled embedding (b, %s) and time ids (b, 6) beside the context;"
                    + " expected a text condition as encodePrompts of this model makes it",
                pooled));
      }
    } else if (condition.arrays().size() > 1) {
      throw new IllegalArgumentException(
          "this UNet has no inputs for pooled embeddings and time ids; expected a text condition of"
              + " the context alone, as encodePrompts of this model makes it");
    }
  }

  @Override
  public void close() {
    if (weights != null) {
      weights.close();
    }
  }
}
