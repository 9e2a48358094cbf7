package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.testkit.GoldenFolders;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The emoji model's images against those of diffusers, pixel by pixel. */
class EmojiImagesTest {
  private static final Path GOLDEN = GoldenFolders.inProject("testkit/emoji-golden");

  /**
   * The mean difference of a value of 0 to 255. At most 2.4e-4 was measured: a few values of 12,288
   * that rounding puts on the other side. Another processor's order of summing may add some; one
   * wrong step or constant differs by 0.1 and more.
   */
  private static final double TOLERANCE = 5e-3;

  /**
   * Of images that are computed in bfloat16; the largest that was measured is in docs/numerics.md.
   */
  private static final double REDUCED_TOLERANCE = 2;

  private static StableDiffusion sd;
  private static StableDiffusion reduced;
  private static StableDiffusion packed;

  record Sample(
      String file,
      String prompt,
      String negative_prompt,
      String sampler,
      int steps,
      double guidance,
      long seed,
      int width,
      int height) {}

  @BeforeAll
  static void load() throws IOException {
    Path folder = GoldenFolders.inProject("samples/models/emoji-64");
    sd = StableDiffusion.load(folder, LoadOptions.defaults());
    packed =
        StableDiffusion.load(folder, LoadOptions.defaults().computing(ComputePrecision.F32_PACKED));
    reduced = StableDiffusion.load(folder, LoadOptions.defaults().computing(ComputePrecision.BF16));
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
    reduced.close();
    packed.close();
  }

  @TestFactory
  Stream<DynamicTest> images() throws IOException {
    return each(sample -> check(sd, sample, TOLERANCE));
  }

  @TestFactory
  Stream<DynamicTest> imagesOfPackedWeights() throws IOException {
    return each(sample -> check(packed, sample, TOLERANCE));
  }

  @TestFactory
  Stream<DynamicTest> imagesInBfloat16() throws IOException {
    return each(sample -> check(reduced, sample, REDUCED_TOLERANCE));
  }

  private interface Check {
    void run(Sample sample) throws IOException;
  }

  private static Stream<DynamicTest> each(Check check) throws IOException {
    String json = Files.readString(GOLDEN.resolve("golden.json"));
    return Arrays.stream(new Gson().fromJson(json, Sample[].class))
        .map(sample -> DynamicTest.dynamicTest(sample.file(), () -> check.run(sample)));
  }

  private static void check(StableDiffusion sd, Sample sample, double tolerance)
      throws IOException {
    GenerationRequest request =
        GenerationRequest.builder(sample.prompt())
            .negativePrompt(sample.negative_prompt())
            .seed(sample.seed())
            .seedPerImage(false)
            .steps(sample.steps())
            .guidance(sample.guidance())
            .width(sample.width())
            .height(sample.height())
            .sampler(sample.sampler())
            .build();
    List<RgbImage> images = sd.generate(request);
    double error = meanDifference(images.get(0), GOLDEN.resolve(sample.file()));
    Errors.print(
        GOLDEN,
        sample.file()
            + " mean difference of 255"
            + (sd == reduced ? ", bf16" : sd == packed ? ", packed" : ""),
        error);
    assertThat(error).isLessThan(tolerance);
  }

  private static double meanDifference(RgbImage found, Path file) throws IOException {
    BufferedImage expected = ImageIO.read(file.toFile());
    assertThat(found.width()).isEqualTo(expected.getWidth());
    assertThat(found.height()).isEqualTo(expected.getHeight());
    long difference = 0;
    byte[] rgb = found.rgb();
    for (int i = 0; i < rgb.length; i++) {
      int pixel = expected.getRGB(i / 3 % found.width(), i / 3 / found.width());
      int channel = pixel >> (16 - 8 * (i % 3)) & 0xff;
      difference += Math.abs(channel - (rgb[i] & 0xff));
    }
    return (double) difference / rgb.length;
  }
}
