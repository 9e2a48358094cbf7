package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Image-to-image, masks, weights, variations and drawing again, on the real model. */
class GenerateModesTest {
  private static final int SIDE = 64;

  @TempDir Path folder;
  private Path first;

  private ProgramRun generate(Path output, String... arguments) {
    List<String> all = new ArrayList<>(List.of("generate"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--plugins", folder.toString(), "-o", output.toString()));
    all.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    return ProgramRun.of(all.toArray(String[]::new));
  }

  private RgbImage drawn(String name, String... arguments) throws IOException {
    Path output = folder.resolve(name);
    ProgramRun run = generate(output, arguments);
    assertThat(run.err()).doesNotContain("fmn:");
    assertThat(run.code()).isZero();
    return ImageFile.read(only(output)).image();
  }

  private static Path only(Path output) throws IOException {
    try (var files = Files.list(output)) {
      return files.toList().get(0);
    }
  }

  private static Infotext infotext(Path image) throws IOException {
    return Infotext.parse(ImageFile.text(image, PngFile.KEYWORD).orElseThrow());
  }

  /** An image whose left half is of one grey and whose right half of another. */
  private Path halves(String name, int width, int left, int right) throws IOException {
    byte[] rgb = new byte[3 * width * SIDE];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % width < width / 2 ? left : right);
    }
    Path file = folder.resolve(name);
    PngFile.write(file, new RgbImage(width, SIDE, rgb), "");
    return file;
  }

  @BeforeEach
  void drawTheFirst() throws IOException {
    first = halves("first.png", SIDE, 40, 200);
  }

  private static double difference(RgbImage one, RgbImage other) {
    return (double) one.absoluteDifference(other) / one.rgb().length;
  }

  @Test
  void lowDenoisingStaysNearTheImage() throws IOException {
    RgbImage image = ImageFile.read(first).image();
    String[] common = {"a fox", "--init", first.toString(), "--seed", "1", "--steps", "10"};
    RgbImage near = drawn("near", with(common, "--denoising", "0.2"));
    RgbImage far = drawn("far", with(common, "--strength", "0.9"));
    assertThat(difference(near, image)).isLessThan(difference(far, image) / 2);
    assertThat(infotext(only(folder.resolve("near"))).pairs())
        .containsEntry("Denoising strength", "0.2")
        .containsEntry("Init image", "first.png")
        .doesNotContainKey("Mask");
  }

  private static String[] with(String[] common, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(common));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  @Test
  void pixelsUnderTheBlackOfAMaskStay() throws IOException {
    Path mask = halves("mask.png", SIDE, 0, 255);
    RgbImage image = ImageFile.read(first).image();
    RgbImage drawn =
        drawn(
            "masked",
            "a fox",
            "--init",
            first.toString(),
            "--mask",
            mask.toString(),
            "--steps",
            "4");
    int changed = 0;
    for (int i = 0; i < drawn.rgb().length; i++) {
      boolean same = drawn.rgb()[i] == image.rgb()[i];
      if (i / 3 % SIDE < SIDE / 2) {
        assertThat(same).as("value %s", i).isTrue();
      } else if (!same) {
        changed++;
      }
    }
    assertThat(changed).isGreaterThan(drawn.rgb().length / 4);
    assertThat(infotext(only(folder.resolve("masked"))).pairs()).containsEntry("Mask", "mask.png");
  }

  @Test
  void anImageIsScaledToCoverAndCut() throws IOException {
    Path wide = halves("wide.png", 3 * SIDE, 0, 255);
    ProgramRun own =
        generate(folder.resolve("own"), "a", "--init", wide.toString(), "--steps", "4");
    assertThat(own.out()).contains("192 × 64 pixels, is drawn at 192 × 64");
    ProgramRun asked =
        generate(
            folder.resolve("asked"),
            "a",
            "--init",
            wide.toString(),
            "--size",
            "64x128",
            "--steps",
            "4",
            "--denoising",
            "0.3");
    assertThat(asked.out()).contains("192 × 64 pixels, is drawn at 64 × 128");
    RgbImage image = ImageFile.read(only(folder.resolve("asked"))).image();
    assertThat(image.width()).isEqualTo(64);
    assertThat(image.height()).isEqualTo(128);
    int row = 3 * 64 * 64;
    assertThat(image.rgb()[row + 3 * 4] & 0xff).isLessThan(128); // the middle was cut out
    assertThat(image.rgb()[row + 3 * 60] & 0xff).isGreaterThan(128);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeTheModelIsLoaded() throws IOException {
    Path mask = halves("small.png", SIDE / 2, 0, 255);
    String init = first.toString();
    assertWrong("32 × 64 pixels, but", "--init", init, "--mask", mask.toString());
    assertWrong("--mask needs an image", "--mask", mask.toString());
    assertWrong("--denoising needs an image", "--denoising", "0.5");
    assertWrong("(0, 1], not 1.5", "--init", init, "--denoising", "1.5");
    assertWrong("takes none of them", "--init", init, "--denoising", "0.1", "--steps", "4");
    assertWrong("needs a seed to mix in", "--variation-strength", "0.5");
    assertWrong("clip skip must be 1 or more", "--clip-skip", "0");
    ProgramRun nothing = generate(folder.resolve("none"));
    assertThat(nothing.err()).contains("there is nothing to draw");
    assertThat(nothing.code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  private void assertWrong(String message, String... arguments) {
    List<String> all = new ArrayList<>(List.of("a fox"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--embedding", folder.resolve("missing").toString()));
    ProgramRun run = generate(folder.resolve("none"), all.toArray(String[]::new));
    assertThat(run.err()).contains(message);
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void anImageIsDrawnAgainFromWhatItSays() throws IOException {
    RgbImage once =
        drawn(
            "once",
            "a (fox:1.4) in snow",
            "-n",
            "a [hat]",
            "--seed",
            "3",
            "--steps",
            "3",
            "--guidance",
            "4",
            "--clip-skip",
            "2",
            "--size",
            "64x96",
            "--sampler",
            "euler-a",
            "--variation-seed",
            "9",
            "--variation-strength",
            "0.5");
    Path image = only(folder.resolve("once"));
    assertThat(infotext(image).pairs())
        .containsEntry("Clip skip", "2")
        .containsEntry("Variation seed", "9")
        .containsEntry("Variation seed strength", "0.5")
        .containsEntry("Prompt weights", "on");
    RgbImage again = drawn("again", "--from", image.toString());
    assertThat(again.rgb()).isEqualTo(once.rgb());
    RgbImage other = drawn("other", "--from", image.toString(), "--variation-strength", "0");
    assertThat(other.rgb()).isNotEqualTo(once.rgb());
    assertThat(other.height()).isEqualTo(96);
    ProgramRun none = generate(folder.resolve("none"), "--from", first.toString());
    assertThat(none.err()).contains("does not say how it was drawn");
    RgbImage begun = drawn("begun", "a fox", "--init", first.toString(), "--steps", "4");
    Path from = only(folder.resolve("begun"));
    ProgramRun without = generate(folder.resolve("none"), "--from", from.toString());
    assertThat(without.err()).contains("drawn from an image named first.png: name it by --init");
    assertThat(drawn("begun-again", "--from", from.toString(), "--init", first.toString()).rgb())
        .isEqualTo(begun.rgb());
  }

  @Test
  void weightsChangeTheImageAndPlainWordsDoNot() throws IOException {
    String[] common = {"--seed", "1", "--steps", "3", "--sampler", "ddim"};
    RgbImage plain = drawn("plain", with(new String[] {"a red fox"}, common));
    assertThat(
            drawn("off", with(with(new String[] {"a red fox"}, common), "--no-prompt-weights"))
                .rgb())
        .isEqualTo(plain.rgb());
    RgbImage weighted = drawn("weighted", with(new String[] {"a (red:1.5) fox"}, common));
    assertThat(weighted.rgb()).isNotEqualTo(plain.rgb());
    assertThat(drawn("one", with(new String[] {"a (red:1) fox"}, common)).rgb())
        .isEqualTo(plain.rgb());
    RgbImage chunks = drawn("chunks", with(new String[] {"a red fox BREAK in snow"}, common));
    assertThat(chunks.rgb()).isNotEqualTo(plain.rgb());
    assertThat(infotext(only(folder.resolve("chunks"))).pairs())
        .containsEntry("Prompt chunks", "2");
  }

  @Test
  void everyLineOfAFileIsDrawnAsItIsAlone() throws IOException {
    Path prompts =
        Files.write(
            folder.resolve("prompts.txt"),
            List.of("a fox", "a castle --n a hat BREAK snow", "a fox --d 9 --w 96"));
    String[] common = {"--seed", "4", "--steps", "3", "--sampler", "euler-a"};
    Path output = folder.resolve("lines");
    ProgramRun run = generate(output, with(new String[] {"--prompts", prompts.toString()}, common));
    assertThat(run.code()).isZero();
    RgbImage castle = ImageFile.read(output.resolve("00001-4.png")).image();
    RgbImage alone =
        drawn("castle", with(new String[] {"a castle", "-n", "a hat BREAK snow"}, common));
    assertThat(difference(castle, alone)).isLessThan(1); // sums are taken in another order
    assertThat(ImageFile.read(output.resolve("00002-9.png")).image().width()).isEqualTo(96);
    assertThat(infotext(output.resolve("00001-4.png")))
        .extracting(Infotext::prompt, Infotext::negativePrompt)
        .containsExactly("a castle", "a hat BREAK snow");
    Files.write(prompts, List.of("a fox", "a cat --w 63"));
    ProgramRun wrong = generate(folder.resolve("none"), "--prompts", prompts.toString());
    assertThat(wrong.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(wrong.err()).contains("near: 64 × 64");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
