package dev.forgetmenot.testkit.realsize;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A model folder in diffusers' layout with random weights: uniform numbers in ±0.035 (variance
 * 0.02²), ones as scales of norms, zeros as biases. Each tensor is a window of one pool of numbers,
 * at a place of its own: drawing a billion takes long. The same seed gives the same bytes; of two
 * element types, the rounded values of the same numbers.
 *
 * @param size which architecture
 * @param dtype F32, F16 or BF16
 * @param seed of the numbers
 */
public record RandomFolder(ModelSize size, DType dtype, long seed) {
  private static final double BOUND = 0.02 * Math.sqrt(3);

  /** More numbers than any tensor has, so that windows differ. */
  private static final int POOL = 56 << 20;

  private static final Map<String, String> FILES =
      Map.of(
          "text_encoder", "model.safetensors",
          "unet", "diffusion_pytorch_model.safetensors",
          "vae", "diffusion_pytorch_model.safetensors");

  /**
   * Writes the folder.
   *
   * @param folder is made
   * @throws IOException if it cannot be written
   */
  public void write(Path folder) throws IOException {
    Window window = new Window(dtype, new SplittableRandom(seed));
    for (Map.Entry<String, Map<String, Shape>> component : size.parameters().entrySet()) {
      Path place = Files.createDirectories(folder.resolve(component.getKey()));
      Files.copy(
          size.config(component.getKey()).resolve("config.json"), place.resolve("config.json"));
      SafetensorsWriter tensors = new SafetensorsWriter();
      component
          .getValue()
          .forEach(
              (name, shape) -> tensors.add(name, dtype, shape.getShape(), window.of(name, shape)));
      tensors.write(place.resolve(FILES.get(component.getKey())));
    }
    tokenizer(Files.createDirectories(folder.resolve("tokenizer")));
    Files.writeString(
        Files.createDirectories(folder.resolve("scheduler")).resolve("scheduler_config.json"),
        scheduler());
    Files.copy(
        EmbeddedModel.folder().resolve("model_index.json"), folder.resolve("model_index.json"));
  }

  private void tokenizer(Path place) throws IOException {
    Path words = GoldenFolders.inProject("samples/models/clip-bpe");
    for (String name : new String[] {"vocab.json", "merges.txt"}) {
      Files.copy(words.resolve(name), place.resolve(name));
    }
    String special =
        """
        {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "%s", "unk_token": "<|endoftext|>"}
        """
            .formatted(size.padToken());
    Files.writeString(place.resolve("special_tokens_map.json"), special);
    Files.writeString(
        place.resolve("tokenizer_config.json"),
        special
            .strip()
            .replaceFirst(
                "}$", ", \"model_max_length\": 77, \"tokenizer_class\": \"CLIPTokenizer\"}\n"));
  }

  private String scheduler() {
    return """
        {"_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
         "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
         "prediction_type": "%s", "clip_sample": false}
        """
        .formatted(size.predictionType());
  }

  /** The pool and where the next tensor looks into it. */
  private static final class Window {
    private final DType dtype;
    private final SplittableRandom random;
    private final ByteBuffer pool;

    Window(DType dtype, SplittableRandom random) {
      this.dtype = dtype;
      this.random = random;
      pool = ByteBuffer.allocateDirect(POOL * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      while (pool.hasRemaining()) {
        put(pool, (float) random.nextDouble(-BOUND, BOUND));
      }
    }

    ByteBuffer of(String name, Shape shape) {
      int count = Math.toIntExact(shape.size());
      if (shape.dimension() < 2) {
        ByteBuffer same = ByteBuffer.allocate(count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        while (same.hasRemaining()) {
          put(same, name.endsWith("weight") ? 1 : 0);
        }
        return same.flip();
      }
      int begin = random.nextInt(POOL - count) * dtype.bytes();
      return pool.slice(begin, count * dtype.bytes());
    }

    private void put(ByteBuffer buffer, float value) {
      switch (dtype) {
        case F32 -> buffer.putFloat(value);
        case F16 -> buffer.putShort(HalfFloats.floatToHalf(value));
        case BF16 -> buffer.putShort(HalfFloats.floatToBfloat16(value));
        default -> throw new IllegalArgumentException("expected F32, F16 or BF16, found " + dtype);
      }
    }
  }
}
