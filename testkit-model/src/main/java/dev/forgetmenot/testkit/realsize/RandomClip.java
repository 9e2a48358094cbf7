package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A CLIP of a published size with {@link RandomWeights}, as F16. Its configuration lies in
 * testkit/published/clip.
 */
public enum RandomClip {
  /** ViT-B/32: 151 million values, 512 shared dimensions. */
  VIT_B_32("vit-b-32"),
  /** ViT-L/14: 428 million values, 768 shared dimensions. */
  VIT_L_14("vit-l-14");

  private final String name;

  RandomClip(String name) {
    this.name = name;
  }

  /**
   * Writes a whole model.
   *
   * @param folder is made
   * @return its files
   */
  public ClipFiles writeModel(Path folder, long seed) throws IOException {
    return write(ClipFiles.model(Files.createDirectories(folder)), seed);
  }

  /**
   * Writes {@code safety_checker} and {@code feature_extractor} of a Stable Diffusion 1.x model.
   *
   * @param model the model's folder
   * @return the files of the safety checker
   */
  public ClipFiles writeSafetyChecker(Path model, long seed) throws IOException {
    Files.createDirectories(model.resolve("feature_extractor"));
    return write(
        ClipFiles.safetyChecker(Files.createDirectories(model.resolve("safety_checker"))), seed);
  }

  private ClipFiles write(ClipFiles files, long seed) throws IOException {
    Path published = GoldenFolders.inProject("testkit/published/clip").resolve(name);
    Files.copy(published.resolve("config.json"), files.folder().resolve("config.json"));
    Files.copy(
        published.resolve("preprocessor_config.json"),
        files.preprocessor().resolve("preprocessor_config.json"));
    if (files.kind() == ClipFiles.Kind.MODEL) {
      tokenizer(files.folder(), "<|endoftext|>");
    }
    new RandomWeights(DType.F16, seed)
        .write(files.folder().resolve("model.safetensors"), files.parameterShapes());
    return files;
  }

  /** Writes CLIP's tokenizer. */
  static void tokenizer(Path place, String padToken) throws IOException {
    Path words = GoldenFolders.inProject("samples/models/clip-bpe");
    for (String file : new String[] {"vocab.json", "merges.txt"}) {
      Files.copy(words.resolve(file), place.resolve(file));
    }
    String special =
        Message.of(
            """
        {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "%s", "unk_token": "<|endoftext|>"}
        """,
            padToken);
    Files.writeString(place.resolve("special_tokens_map.json"), special);
    Files.writeString(
        place.resolve("tokenizer_config.json"),
        special
            .strip()
            .replaceFirst(
                "}$", ", \"model_max_length\": 77, \"tokenizer_class\": \"CLIPTokenizer\"}\n"));
  }
}
