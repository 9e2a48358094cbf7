package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.Fmn;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with the keys of the original's ti.yaml and attn.yaml, one after the other in a folder with
 * {@code data/NAME}, by the real process, since their paths are relative to where it runs.
 */
class OriginalRunFilesTest {
  private static final String TI =
      """
      Ti:
        instance_data_dir: data/the-castle
        output_dir: exps_ti/the-castle
        use_template: object
        placeholder_tokens: <s1>|<s2>
        placeholder_token_at_data: <s>|<s1><s2>
        initializer_tokens: castle|<rand-1>
        learning_rate_ti: 0.001
        max_train_steps_ti: 3
        save_steps: 3
        pretrained_model_name_or_path: somebody/a-published-model
        mixed_precision: fp16
        lr_scheduler: constant
        weight_decay_ti: 0.1
        sample_steps: 2
        sample_count: 2
      """;

  private static final String ATTN =
      """
      Attn:
        multi_concept:
          - [the-castle, object]
        output_dir: exps_attn/the-castle
        use_ti: %s
        only_optimize_ca: true
        use_pooler: true
        train_batch_size: 1
        learning_rate: 2.0e-04
        max_train_steps: 2
        pretrained_model_name_or_path: somebody/a-published-model
        seed: null
        center_crop: false
        report_to: tensorboard
        sample_steps: 2
        sample_count: 2
      """;

  @TempDir Path folder;

  @Test
  void tiThenAttn() throws IOException, InterruptedException {
    drawImages(folder.resolve("data/the-castle"));
    Files.createDirectory(folder.resolve("configs"));
    Files.writeString(folder.resolve("configs/ti.yaml"), TI);
    Files.writeString(folder.resolve("configs/attn.yaml"), ATTN.formatted(true));

    String said = run("configs/ti.yaml");
    assertThat(said)
        .contains("no meaning here and are left out: mixed_precision", "a photo of <s1><s2>")
        .doesNotContain("fmn:");
    Path inverted = folder.resolve("exps_ti/the-castle");
    for (String name : List.of("step_inv_3.safetensors", "config.yaml", "loss.csv", "loss.png")) {
      assertThat(inverted.resolve(name)).isNotEmptyFile();
    }
    assertThat(inverted.resolve("comparison.png")).isNotEmptyFile();

    said = run("configs/attn.yaml");
    assertThat(said).contains("report_to").doesNotContain("fmn:");
    Path forgotten = folder.resolve("exps_attn/the-castle");
    for (String name : List.of("config.yaml", "loss.csv", "loss.png", "comparison.png")) {
      assertThat(forgotten.resolve(name)).isNotEmptyFile();
    }
    assertThat(forgotten.resolve("samples/01-after-2.png")).isNotEmptyFile();
    try (PatchFile patch = PatchFile.open(forgotten.resolve("forget-the-castle.fmnpatch"))) {
      assertThat(patch.manifest().intent().concepts().get(0).label()).isEqualTo("the castle");
      assertThat(patch.manifest().recipe().parameters())
          .containsEntry("images-from", "folder")
          .containsEntry("token-selection", "padding")
          .containsEntry("trainable", "cross-attention");
    }
  }

  private static void drawImages(Path data) throws IOException {
    Files.createDirectories(data);
    try (StableDiffusion sd =
        StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults())) {
      GenerationRequest request = GenerationRequest.of("a photo of a castle").seeds(1, 2);
      int number = 0;
      for (RgbImage image : sd.generate(request.sampled("ddim", 4))) {
        PngFile.write(data.resolve(number++ + ".png"), PngFile.image(image), "");
      }
    }
  }

  private String run(String file) throws IOException, InterruptedException {
    Path plugins = folder.resolve("plugins");
    if (!Files.isDirectory(plugins)) {
      PackagedPlugins.copyTo(plugins);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dai.djl.pytorch.num_threads=1");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fmn.class.getName()));
    command.addAll(List.of("run", file, "--plugins", "plugins"));
    command.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
