package dev.forgetmenot.diffusion;

import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;

/** The configurations of the published models, as their folders have them. */
public enum Published {
  /** Stable Diffusion 1.5. */
  SD15("sd15", 859_520_964L, 123_060_480L),
  /** Stable Diffusion 2.1, 768 pixels. */
  SD21("sd21", 865_910_724L, 340_387_840L);

  /** Numbers of both autoencoders. */
  public static final long VAE_PARAMETERS = 83_653_863L;

  private final String folder;
  private final long unetParameters;
  private final long textParameters;

  Published(String folder, long unetParameters, long textParameters) {
    this.folder = folder;
    this.unetParameters = unetParameters;
    this.textParameters = textParameters;
  }

  /** Numbers of the UNet. */
  public long unetParameters() {
    return unetParameters;
  }

  /** Numbers of the text encoder. */
  public long textParameters() {
    return textParameters;
  }

  /** The UNet's configuration. */
  public UNetConfig unet() throws IOException {
    return UNetConfig.read(component("unet"));
  }

  /** The autoencoder's configuration. */
  public VaeConfig vae() throws IOException {
    return VaeConfig.read(component("vae"));
  }

  /** The text encoder's configuration. */
  public TextEncoderConfig textEncoder() throws IOException {
    return TextEncoderConfig.read(component("text_encoder"));
  }

  private Path component(String name) {
    return GoldenFolders.inProject("testkit/published").resolve(folder).resolve(name);
  }
}
