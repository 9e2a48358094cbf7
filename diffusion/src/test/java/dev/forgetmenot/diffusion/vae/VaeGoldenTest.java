package dev.forgetmenot.diffusion.vae;

import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The autoencoder, both ways, against diffusers. */
class VaeGoldenTest {
  @TestFactory
  Stream<DynamicTest> posteriorsAndImages() {
    return GoldenRun.all(VaeGoldenTest::check);
  }

  @TestFactory
  Stream<DynamicTest> tilesAreBlendedAsDiffusersDoes() {
    return GoldenRun.each(VaeGoldenTest::checkTiles);
  }

  private static void checkTiles(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.ownGolden("vae_tiled");
        AutoencoderKL vae =
            ComponentFolders.vae(run.model("vae"), run.manager(), run.ops(), VaeTiling.ON)) {
      try (DiagonalGaussianDistribution posterior = vae.encode(golden.get("image"))) {
        run.check(golden, "mean", posterior.mean());
        run.check(golden, "logvar", posterior.logvar());
      }
      run.check(golden, "decoded", vae.decode(golden.get("latent")));
      run.check(golden, "decoded_wide", vae.decode(golden.get("latent_wide")));
      run.check(golden, "decoded_small", vae.decode(golden.get("latent_small")));
    }
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.golden("vae");
        AutoencoderKL vae = ComponentFolders.vae(run.model("vae"), run.manager(), run.ops())) {
      try (DiagonalGaussianDistribution posterior = vae.encode(golden.get("image"))) {
        run.check(golden, "mean", posterior.mean());
        run.check(golden, "logvar", posterior.logvar());
      }
      run.check(golden, "decoded", vae.decode(golden.get("latent")));
      if (!run.twoTextEncoders()) {
        run.check(golden, "decoded_rect", vae.decode(golden.get("latent_rect")));
      }
    }
  }
}
