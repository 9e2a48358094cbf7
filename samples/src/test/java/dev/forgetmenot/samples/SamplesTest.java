package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
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
          "2",
          "a castle",
          "a key"
        });
    assertThat(folder.resolve("table.md"))
        .content()
        .startsWith("| sampler | 1 steps | 12 steps |\n|---|---|---|\n| ddim | ")
        .containsPattern("\\| heun \\| [0-4] \\| [2-4] \\|");
    assertThat(ImageFile.read(folder.resolve("sheet.png")).image().height()).isGreaterThan(200);
    assertThat(ImageFile.read(folder.resolve("steps.png")).image().width()).isEqualTo(900);
  }

  @Test
  void compareLessWork() throws IOException {
    Path model = ofThreeThings();
    CompareLessWork.main(
        new String[] {
          model.toString(),
          folder.resolve("less").toString(),
          "2",
          "sampler=ddim steps=10",
          "sampler=ddim steps=10 guidance-until=1 cache-interval=1",
          "sampler=ddim steps=10 cache-interval=5"
        });
    assertThat(folder.resolve("less/table.md"))
        .content()
        .containsPattern("\\| sampler=ddim steps=10 \\| 1.00 [^|]*\\| 0.00 \\| -?\\d")
        .containsPattern("cache-interval=1 \\| [^|]*\\| 0.00 \\|")
        .doesNotContainPattern("cache-interval=5 \\| [^|]*\\| 0.00 \\|")
        .contains("6 images a way");
    assertThat(ImageFile.read(folder.resolve("less/chart.png")).image().width()).isEqualTo(900);
    assertThat(folder.resolve("less/sheet.png")).exists();
  }

  /** The embedded model, of which three things are known. */
  private Path ofThreeThings() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    try (var parts = Files.list(EmbeddedModel.folder())) {
      for (Path part : parts.toList()) {
        Files.createSymbolicLink(model.resolve(part.getFileName()), part.toAbsolutePath());
      }
    }
    Files.delete(model.resolve("concepts.json"));
    Files.writeString(
        model.resolve("concepts.json"),
        """
        {"concepts": [
          {"name": "fox", "phrase": "a fox", "category": "object"},
          {"name": "castle", "phrase": "a castle", "category": "object"},
          {"name": "key", "phrase": "a key", "category": "object"}]}
        """);
    return model;
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
