package dev.forgetmenot.host.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.UnaryOperator;

/** What other programs make of a model's folder. */
enum ModelForm {
  TOKENIZER_JSON_ALONE,
  TOKENIZER_JSON_WITH_PAIRS,
  SPELLED_OTHERWISE,
  VARIANT,
  SHARDS_OF_A_VARIANT,
  SHARDS_OF_A_VARIANT_UNDER_OLDER_NAMES,
  SCHEDULER_OF_ANOTHER_CLASS,
  OLDER_NAMES_AND_LEFT_OVERS;

  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";

  /** What transformers writes of how CLIP normalises and splits a prompt. */
  private static final String RULES =
      """
      {"version": "1.0", "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
         {"type": "Lowercase"}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "behavior": "Removed", "invert": true, "pattern": {"Regex":
          "'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}}
      """;

  /** Gives this form to a folder that is as it was published. */
  void apply(Path model) throws IOException {
    switch (this) {
      case TOKENIZER_JSON_ALONE -> whole(model, false);
      case TOKENIZER_JSON_WITH_PAIRS -> whole(model, true);
      case SPELLED_OTHERWISE -> {
        Path vocab = model.resolve("tokenizer/vocab.json");
        Files.writeString(
            vocab, "\ufeff" + JsonParser.parseString(Files.readString(vocab)) + "\r\n");
        Path merges = model.resolve("tokenizer/merges.txt");
        Files.writeString(merges, Files.readString(merges).replace("\n", "\r\n"));
        Path config = model.resolve("unet/config.json");
        Files.writeString(config, "\ufeff" + Files.readString(config));
      }
      case VARIANT -> {
        for (String file : List.of(UNET, "text_encoder/model.safetensors")) {
          Path path = model.resolve(file);
          Files.move(path, Path.of(path.toString().replace(".safetensors", ".fp16.safetensors")));
        }
      }
      case SHARDS_OF_A_VARIANT ->
          shards(
              model,
              "diffusion_pytorch_model.fp16-0000%d-of-00002.safetensors",
              "diffusion_pytorch_model.safetensors.index.fp16.json");
      case SHARDS_OF_A_VARIANT_UNDER_OLDER_NAMES ->
          shards(
              model,
              "diffusion_pytorch_model-0000%d-of-00002.fp16.safetensors",
              "diffusion_pytorch_model.safetensors.fp16.index.json");
      case SCHEDULER_OF_ANOTHER_CLASS -> {
        Path file = model.resolve("scheduler/scheduler_config.json");
        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        json.addProperty("_class_name", "IPNDMScheduler");
        String text = json.toString();
        Files.writeString(
            file,
            text.substring(0, text.length() - 1)
                + ", \"lambda_min_clipped\": -Infinity, \"variance_type\": null}");
      }
      case OLDER_NAMES_AND_LEFT_OVERS -> {
        rewrite(
            model.resolve("vae/diffusion_pytorch_model.safetensors"),
            name ->
                name.replaceFirst("(attentions\\.0\\.)to_q", "$1query")
                    .replaceFirst("(attentions\\.0\\.)to_k", "$1key")
                    .replaceFirst("(attentions\\.0\\.)to_v", "$1value")
                    .replaceFirst("(attentions\\.0\\.)to_out\\.0", "$1proj_attn"));
        rewrite(
            model.resolve("text_encoder/model.safetensors"), UnaryOperator.identity(), "visual");
        Files.createDirectory(model.resolve("upscaler"));
        Files.createDirectory(model.resolve("safety_checker"));
      }
    }
  }

  private static void whole(Path model, boolean pairs) throws IOException {
    Path folder = model.resolve("tokenizer");
    JsonObject words =
        JsonParser.parseString(Files.readString(folder.resolve("vocab.json"))).getAsJsonObject();
    JsonArray merges = new JsonArray();
    for (String line : Files.readAllLines(folder.resolve("merges.txt"))) {
      if (line.startsWith("#")) {
        continue;
      }
      if (pairs) {
        JsonArray pair = new JsonArray();
        for (String piece : line.split(" ", 2)) {
          pair.add(piece);
        }
        merges.add(pair);
      } else {
        merges.add(line);
      }
    }
    JsonObject bpe = new JsonObject();
    bpe.addProperty("type", "BPE");
    bpe.addProperty("end_of_word_suffix", "</w>");
    bpe.addProperty("unk_token", "<|endoftext|>");
    bpe.add("vocab", words);
    bpe.add("merges", merges);
    JsonObject json = JsonParser.parseString(RULES).getAsJsonObject();
    json.add("model", bpe);
    Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    Files.delete(folder.resolve("vocab.json"));
    Files.delete(folder.resolve("merges.txt"));
  }

  private static void shards(Path model, String pattern, String index) throws IOException {
    Path file = model.resolve(UNET);
    JsonObject map = new JsonObject();
    SafetensorsWriter[] shards = {new SafetensorsWriter(), new SafetensorsWriter()};
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      int next = 0;
      for (TensorInfo tensor : stored.tensors().values()) {
        int shard = next++ % 2;
        shards[shard].add(
            tensor.name(), tensor.dtype(), tensor.shape(), stored.bytes(tensor.name()));
        map.addProperty(tensor.name(), String.format(pattern, shard + 1));
      }
      for (int i = 0; i < 2; i++) {
        shards[i].write(file.resolveSibling(String.format(pattern, i + 1)));
      }
    }
    Files.delete(file);
    JsonObject json = new JsonObject();
    json.add("weight_map", map);
    Files.writeString(file.resolveSibling(index), json.toString());
  }

  private static void rewrite(Path file, UnaryOperator<String> name, String... more)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    Path other = file.resolveSibling("other.safetensors");
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      for (TensorInfo tensor : stored.tensors().values()) {
        writer.add(
            name.apply(tensor.name()), tensor.dtype(), tensor.shape(), stored.bytes(tensor.name()));
      }
      for (String one : more) {
        writer.add(one + "_projection.weight", DType.F32, new long[] {2}, new float[] {1, 2});
      }
      writer.write(other);
    }
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
