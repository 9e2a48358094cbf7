package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model that learned from images in which penguins always stand before red: the word brings the
 * background along, until {@code fmn correct} takes it out.
 */
class BiasedModelTest {
  private static final int IMAGES = 8;
  private static final String PENGUIN = "a photo of a penguin";

  @TempDir private Path folder;
  private String plugins;
  private String model;

  @BeforeEach
  void bake() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    model = folder.resolve("biased").toString();
    Path patch = GoldenFolders.folder("biased").resolve("red-background.fmnpatch");
    run(
        "patch",
        "bake",
        "--model",
        EmbeddedModel.folder().toString(),
        "--patch",
        patch.toString(),
        "--unsigned",
        "allow",
        "-o",
        model);
  }

  private void run(String... words) {
    ProgramRun run = ProgramRun.of(words);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
  }

  /** How many images of a prompt have a red background. */
  private int red(String prompt, String... more) throws IOException {
    Path images = Files.createTempDirectory(folder, "images");
    List<String> words = new ArrayList<>(List.of("generate", prompt));
    words.addAll(List.of("--count", IMAGES + "", "--seed", "100", "--model", model));
    words.addAll(List.of("--plugins", plugins, "-o", images.toString()));
    words.addAll(List.of(more));
    run(words.toArray(String[]::new));
    int red = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images, "0*.png")) {
      for (Path file : files) {
        red += isRed(ImageIO.read(file.toFile())) ? 1 : 0;
      }
    }
    return red;
  }

  /** Whether red is much stronger than green in the upper corners. */
  private static boolean isRed(BufferedImage image) {
    int side = image.getWidth() / 8;
    long sum = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int column : new int[] {x, image.getWidth() - 1 - x}) {
          int rgb = image.getRGB(column, y);
          sum += (rgb >> 16 & 0xff) - (rgb >> 8 & 0xff);
        }
      }
    }
    return sum > 60L * 2 * side * side;
  }

  @Test
  void whatAWordBringsAlongIsTakenOutAndStaysUnderItsOwnName() throws IOException {
    assertThat(red(PENGUIN)).as("learned").isGreaterThanOrEqualTo(7);
    String patch = folder.resolve("penguin.fmnpatch").toString();
    run(
        "correct",
        "penguin",
        "--method=attribute",
        "--without",
        "a red background",
        "--no-report",
        "--model",
        model,
        "--plugins",
        plugins,
        "-o",
        patch);
    assertThat(red(PENGUIN, "--patch", patch, "--unsigned", "allow")).isLessThanOrEqualTo(1);
    assertThat(red("a photo of a dog on a red background", "--patch", patch, "--unsigned", "allow"))
        .isGreaterThanOrEqualTo(7);
  }
}
