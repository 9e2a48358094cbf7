package dev.forgetmenot.diffusion;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Loads one component of a model from its folder. */
public final class ComponentFolders {
  private ComponentFolders() {}

  public static ClipTextEncoder textEncoder(Path folder, NDManager manager, Ops ops)
      throws IOException {
    return textEncoder(TextEncoderConfig.read(folder), folder, manager, ops);
  }

  public static ClipTextEncoder projected(Path folder, NDManager manager, Ops ops)
      throws IOException {
    return textEncoder(TextEncoderConfig.readProjected(folder), folder, manager, ops);
  }

  private static ClipTextEncoder textEncoder(
      TextEncoderConfig config, Path folder, NDManager manager, Ops ops) throws IOException {
    Map<String, Shape> shapes = ClipTextEncoder.parameterShapes(config);
    return new ClipTextEncoder(
        config, ModelParameters.load(manager, ops, folder, "text_encoder", shapes), ops);
  }

  public static UNet2DConditionModel unet(Path folder, NDManager manager, Ops ops)
      throws IOException {
    UNetConfig config = UNetConfig.read(folder);
    Map<String, Shape> shapes = UNet2DConditionModel.parameterShapes(config);
    return new UNet2DConditionModel(
        config, ModelParameters.load(manager, ops, folder, "unet", shapes), ops);
  }

  public static AutoencoderKL vae(Path folder, NDManager manager, Ops ops) throws IOException {
    return vae(folder, manager, ops, VaeTiling.AUTO);
  }

  public static AutoencoderKL vae(Path folder, NDManager manager, Ops ops, VaeTiling tiling)
      throws IOException {
    VaeConfig config = VaeConfig.read(folder);
    Map<String, Shape> shapes = AutoencoderKL.parameterShapes(config);
    return new AutoencoderKL(
        config, ModelParameters.load(manager, ops, folder, "vae", shapes), ops, tiling);
  }
}
