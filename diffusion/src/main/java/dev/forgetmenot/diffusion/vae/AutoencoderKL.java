package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Conv2d;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.weights.MetaParameters;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import java.util.Map;

/**
 * The variational autoencoder of Stable Diffusion. Latents here are what the encoder gives and the
 * decoder takes: the UNet's are these times {@link VaeConfig#scalingFactor}. {@link #close} frees
 * the weights. For the engine thread.
 */
public final class AutoencoderKL implements AutoCloseable {
  private static final float MIN_LOGVAR = -30;
  private static final float MAX_LOGVAR = 20;

  private final VaeConfig config;
  private final VaeTiling tiling;
  private final ModelParameters weights; // null when only shapes are wanted
  private final Encoder encoder;
  private final Decoder decoder;
  private final Conv2d quantConv; // null without
  private final Conv2d postQuantConv; // null without

  /**
   * Builds the model on weights, which it then owns.
   *
   * @param tiling which images are cut into tiles
   */
  public AutoencoderKL(VaeConfig config, ModelParameters weights, Ops ops, VaeTiling tiling) {
    this(config, ModulePath.root(weights, ops), weights, tiling);
  }

  private AutoencoderKL(
      VaeConfig config, ModulePath scope, ModelParameters weights, VaeTiling tiling) {
    this.config = config;
    this.tiling = tiling;
    this.weights = weights;
    int latent = config.latentChannels();
    encoder = new Encoder(scope.in("encoder"), config);
    decoder = new Decoder(scope.in("decoder"), config);
    quantConv =
        config.quantConv()
            ? Conv2d.exact(scope.in("quant_conv"), 2L * latent, 2L * latent, 1)
            : null;
    postQuantConv =
        config.postQuantConv()
            ? Conv2d.exact(scope.in("post_quant_conv"), latent, latent, 1)
            : null;
  }

  /** The canonical names of the weights and their shapes. */
  public static Map<String, Shape> parameterShapes(VaeConfig config) {
    MetaParameters shapes = new MetaParameters();
    AutoencoderKL unused =
        new AutoencoderKL(config, ModulePath.root(shapes, null), null, VaeTiling.OFF);
    return shapes.shapes();
  }

  /** The configuration. */
  public VaeConfig config() {
    return config;
  }

  /** The weights. */
  public ModelParameters weights() {
    return weights;
  }

  /**
   * The posterior of images.
   *
   * @param images (b, c, H, W) in [-1, 1]; stays open
   * @return both parts belong to the manager of {@code images}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public DiagonalGaussianDistribution encode(NDArray images) {
    check("images", images, config.inChannels());
    weights.ready("encoder.");
    Shape shape = images.getShape();
    boolean cut = tiling.cuts(config, shape.get(2), shape.get(3));
    int side = config.sampleSize();
    try (NDArray moments =
        cut
            ? new OverlappingTiles(side, side / config.stride()).map(images, this::moments)
            : moments(images)) {
      NDList halves = moments.split(2, 1);
      try (ArrayScope t = new ArrayScope(moments)) { // clip leaves arrays behind
        NDArray logvar = t.take(halves.get(1)).clip(MIN_LOGVAR, MAX_LOGVAR);
        return new DiagonalGaussianDistribution(halves.get(0), t.result(logvar));
      }
    }
  }

  private NDArray moments(NDArray images) {
    LayerChain flow = LayerChain.from(images).then(encoder::forward);
    return quantConv == null ? flow.get() : flow.then(quantConv::forward).get();
  }

  /**
   * The images of latents.
   *
   * @param latents (b, c, h, w), divided by the scaling factor; stays open
   * @return (b, c, H, W), about [-1, 1], not clipped; of the manager of {@code latents}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public NDArray decode(NDArray latents) {
    check("latents", latents, config.latentChannels());
    weights.ready("decoder.");
    Shape shape = latents.getShape();
    int stride = config.stride();
    int side = config.sampleSize();
    return tiling.cuts(config, stride * shape.get(2), stride * shape.get(3))
        ? new OverlappingTiles(side / stride, side).map(latents, this::decoded)
        : decoded(latents);
  }

  private NDArray decoded(NDArray latents) {
    LayerChain flow = LayerChain.from(latents);
    if (postQuantConv != null) {
      flow.then(postQuantConv::forward);
    }
    return flow.then(decoder::forward).get();
  }

  private static void check(String what, NDArray array, int channels) {
    Shape shape = array.getShape();
    if (shape.dimension() != 4 || shape.get(1) != channels) {
      throw new IllegalArgumentException(
          what + " should be (b, " + channels + ", height, width), not " + shape);
    }
  }

  @Override
  public void close() {
    if (weights != null) {
      weights.close();
    }
  }
}
