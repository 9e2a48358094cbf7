package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
  /** As little as makes patches: what they are good for is no matter here. */
  private static final Map<String, String> QUICK =
      Map.of(
          "rounds",
          "1",
          "eval-images",
          "4",
          "eval-steps",
          "2",
          "num-images",
          "2",
          "steps",
          "3",
          "train-batch-size",
          "1");

  @TempDir Path folder;

  @Test
  void generateImage() throws IOException {
    Path file = folder.resolve("castle.png");
    GenerateImage.main(
        new String[] {EmbeddedModel.folder().toString(), "a photo of a castle", file.toString()});
    assertThat(ImageFile.read(file).image().width()).isEqualTo(64);
    assertThat(ImageFile.text(file, PngFile.KEYWORD)).contains("a photo of a castle");
  }

  @Test
  void compareSamplers() throws IOException {
    CompareSamplers.main(
        new String[] {
          EmbeddedModel.folder().toString(),
          folder.toString(),
          "ddim,heun",
          "1,12",
          "a castle",
          "a key"
        });
    assertThat(folder.resolve("table.md"))
        .content()
        .startsWith("| sampler | 1 steps | 12 steps |\n|---|---|---|\n| ddim | ")
        .containsPattern("\\| heun \\| [0-2] \\| [12] \\|");
    assertThat(ImageFile.read(folder.resolve("sheet.png")).image().height()).isGreaterThan(200);
  }

  @Test
  void forgetConcept() throws IOException {
    Path file = folder.resolve("castle.fmnpatch");
    Path plugins = PackagedPlugins.copyTo(folder.resolve("plugins"));
    ForgetConcept.main(
        new String[] {
          EmbeddedModel.folder().toString(),
          plugins.toString(),
          "castle",
          file.toString(),
          "closed-form"
        });
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest().intent().concepts().get(0).label()).isEqualTo("castle");
      assertThat(patch.manifest().edits()).isNotEmpty();
    }
  }

  @Test
  void correctionsAndForgettingsStackInAnyOrderAndComeOffWithoutATrace() throws IOException {
    Path output = folder.resolve("run");
    CorrectAndForget.Result result =
        CorrectAndForget.run(
            EmbeddedModel.folder(),
            PackagedPlugins.copyTo(folder.resolve("plugins")),
            output,
            1,
            QUICK);
    assertThat(result).isEqualTo(new CorrectAndForget.Result(true, true, true));
    assertThat(output.resolve("sheet.png")).isRegularFile();
    assertThat(output.resolve("table.md"))
        .content()
        .contains("| a photo of a bear | ", " weights are the base's again, bit for bit: true");
    for (String word : List.of("wizard", "vampire", "bear", "fox", "guitar")) {
      try (PatchFile patch = PatchFile.open(output.resolve(word + ".fmnpatch"))) {
        assertThat(patch.manifest().intent().concepts().get(0).label()).endsWith(word);
      }
    }
  }
}
