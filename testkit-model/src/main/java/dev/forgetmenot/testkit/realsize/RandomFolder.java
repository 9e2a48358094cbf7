package dev.forgetmenot.testkit.realsize;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model folder in diffusers' layout with {@link RandomWeights}.
 *
 * @param size which architecture
 * @param dtype F32, F16 or BF16
 * @param seed of the numbers
 */
public record RandomFolder(ModelSize size, DType dtype, long seed) {
  private static final Map<String, String> FILES =
      Map.of(
          "text_encoder", "model.safetensors",
          "text_encoder_2", "model.safetensors",
          "unet", "diffusion_pytorch_model.safetensors",
          "vae", "diffusion_pytorch_model.safetensors");

  /**
   * Writes the folder.
   *
   * @param folder is made
   * @throws IOException if it cannot be written
   */
  public void write(Path folder) throws IOException {
    write(folder, new RandomWeights(dtype, seed)::write);
  }

  /**
   * Writes the folder with zeros as all weights, in files with holes that take no disk.
   *
   * @param folder is made
   * @throws IOException if it cannot be written
   */
  public void writeZeros(Path folder) throws IOException {
    write(folder, (file, shapes) -> ZeroWeights.write(file, dtype, shapes));
  }

  @FunctionalInterface
  private interface Weights {
    void write(Path file, Map<String, Shape> shapes) throws IOException;
  }

  private void write(Path folder, Weights weights) throws IOException {
    for (Map.Entry<String, Map<String, Shape>> component : size.parameters().entrySet()) {
      Path place = Files.createDirectories(folder.resolve(component.getKey()));
      Files.copy(
          size.config(component.getKey()).resolve("config.json"), place.resolve("config.json"));
      weights.write(place.resolve(FILES.get(component.getKey())), component.getValue());
    }
    RandomClip.tokenizer(Files.createDirectories(folder.resolve("tokenizer")), size.padToken());
    Files.writeString(
        Files.createDirectories(folder.resolve("scheduler")).resolve("scheduler_config.json"),
        scheduler());
    Path like = EmbeddedModel.folder();
    if (size.hasTwoTextEncoders()) {
      RandomClip.tokenizer(Files.createDirectories(folder.resolve("tokenizer_2")), "!");
      like = GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model");
    }
    Files.copy(like.resolve("model_index.json"), folder.resolve("model_index.json"));
  }

  private String scheduler() {
    return Message.of(
        """
        {"_class_name": "%s", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
         "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
         "prediction_type": "%s", "clip_sample": false}
        """,
        size.hasTwoTextEncoders() ? "EulerDiscreteScheduler" : "PNDMScheduler",
        size.predictionType());
  }
}
