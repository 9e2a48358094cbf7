package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tiles cost: the same latents decoded in one piece and in tiles. */
class VaeTilingTest {
  @ParameterizedTest
  @CsvSource({
    "testkit/fixtures/sd1-tiny/model, 48, 64, 12",
    "samples/models/emoji-64, 96, 128, 12",
    "samples/models/emoji-64, 160, 160, 12"
  })
  void imagesInTilesDifferLittle(String model, int height, int width, double allowed)
      throws IOException {
    Path folder = GoldenFolders.inProject(model);
    RgbImage whole = draw(folder, VaeTiling.OFF, height, width);
    RgbImage tiled = draw(folder, VaeTiling.ON, height, width);
    int largest = 0;
    double sum = 0;
    for (int i = 0; i < whole.rgb().length; i++) {
      int difference = Math.abs((whole.rgb()[i] & 0xff) - (tiled.rgb()[i] & 0xff));
      largest = Math.max(largest, difference);
      sum += difference;
    }
    double mean = sum / whole.rgb().length;
    System.err.printf(
        "measured: %s %d x %d in tiles: largest difference %d of 255, mean %.2f%n",
        folder.getFileName(), width, height, largest, mean);
    assertThat(largest).as("tiles were made").isPositive();
    assertThat(mean).isLessThan(allowed);
  }

  private static RgbImage draw(Path folder, VaeTiling tiling, int height, int width)
      throws IOException {
    GenerationRequest request =
        GenerationRequest.builder("a photo of a lighthouse")
            .seed(3)
            .steps(10)
            .guidance(5)
            .height(height)
            .width(width)
            .build();
    try (StableDiffusion sd = StableDiffusion.load(folder, LoadOptions.defaults().tiling(tiling))) {
      assertThat(sd.inTiles(width, height)).isEqualTo(tiling == VaeTiling.ON);
      RgbImage image = sd.generate(request).get(0);
      Path file =
          GoldenFolders.inProject("diffusion/target").resolve("tiles-" + width + tiling + ".png");
      PngFile.write(file, PngFile.image(image), "");
      return image;
    }
  }

  @Test
  void largeImagesAreCutByThemselves() throws IOException {
    VaeConfig config = VaeConfig.read(GoldenFolders.inProject("testkit/published/sd15/vae"));
    assertThat(VaeTiling.AUTO.cuts(config, 768, 768)).isFalse();
    assertThat(VaeTiling.AUTO.cuts(config, 1024, 768)).isFalse();
    assertThat(VaeTiling.AUTO.cuts(config, 1024, 1024)).isTrue();
    assertThat(VaeTiling.ON.cuts(config, 512, 512)).isFalse();
    assertThat(VaeTiling.ON.cuts(config, 512, 520)).isTrue();
    assertThat(VaeTiling.OFF.cuts(config, 4096, 4096)).isFalse();
  }
}
