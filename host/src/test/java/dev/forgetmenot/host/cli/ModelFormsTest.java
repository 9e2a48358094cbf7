package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every command on every form in which one model is published: they are one base. */
class ModelFormsTest {
  private static final Path TINY =
      GoldenFolders.inProject("testkit/fixtures").resolve("sd1-tiny/model");
  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";

  @TempDir Path temp;
  private String plugins;

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

  /** What other programs make of a folder. */
  enum Form {
    TOKENIZER_JSON_ALONE,
    TOKENIZER_JSON_WITH_PAIRS,
    SPELLED_OTHERWISE,
    VARIANT,
    SHARDS_OF_A_VARIANT,
    SHARDS_OF_A_VARIANT_UNDER_OLDER_NAMES,
    SCHEDULER_OF_ANOTHER_CLASS,
    OLDER_NAMES_AND_LEFT_OVERS;

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
          json.addProperty("_class_name", "DPMSolverMultistepScheduler");
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
              name.apply(tensor.name()),
              tensor.dtype(),
              tensor.shape(),
              stored.bytes(tensor.name()));
        }
        for (String one : more) {
          writer.add(
              one + "_projection.weight",
              dev.forgetmenot.safetensors.DType.F32,
              new long[] {2},
              new float[] {1, 2});
        }
        writer.write(other);
      }
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @BeforeEach
  void install() throws IOException {
    plugins = PackagedPlugins.copyTo(temp.resolve("plugins")).toString();
  }

  private static Path copy(Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(TINY)) {
      for (Path entry : walk.sorted().toList()) {
        Path target = to.resolve(TINY.relativize(entry).toString());
        if (Files.isDirectory(entry)) {
          Files.createDirectories(target);
        } else {
          Files.copy(entry, target);
        }
      }
    }
    return to;
  }

  private static ProgramRun run(Object... args) {
    List<String> texts = new ArrayList<>();
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    ProgramRun run = ProgramRun.of(texts.toArray(String[]::new));
    assertThat(run.code()).as(String.join(" ", texts) + "\n" + run.err()).isZero();
    return run;
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyCommandTakesIt(Form form) throws IOException {
    Path model = copy(temp.resolve("form"));
    form.apply(model);
    assertThat(run("models", "identify", model, "--against", TINY).out())
        .containsPattern("level +exact")
        .contains("tokenizer: the same");
    // made on the folder as it was published, and on the form
    Path patch = temp.resolve("here.fmnpatch");
    for (Path made : List.of(TINY, model)) {
      Files.deleteIfExists(patch);
      Object[] forget = {
        "forget", "castle", "--no-report", "--method=closed-form", "--plugins", plugins
      };
      List<Object> args = new ArrayList<>(List.of(forget));
      args.addAll(List.of("--model", made, "-o", patch));
      run(args.toArray());
      Path used = made.equals(TINY) ? model : TINY;
      ProgramRun drawn =
          run(
              "generate",
              "a castle",
              "--plugins",
              plugins,
              "--model",
              used,
              "--steps",
              "1",
              "--patch",
              patch,
              "-o",
              temp.resolve("images-" + made.getFileName()));
      if (form == Form.SCHEDULER_OF_ANOTHER_CLASS && used.equals(model)) {
        assertThat(drawn.err())
            .contains("DPMSolverMultistepScheduler does not exist here", "drawn by euler");
      }
      if (form == Form.OLDER_NAMES_AND_LEFT_OVERS && used.equals(model)) {
        assertThat(drawn.err()).contains("visual_projection (1 tensor)", "the folders upscaler");
      }
    }
    Path baked = temp.resolve("baked");
    run("patch", "bake", "--model", model, "--patch", patch, "-o", baked);
    Path difference = temp.resolve("difference.fmnpatch");
    run("patch", "diff", TINY, baked, "-o", difference);
    run("patch", "stack", "--plugins", plugins, "--model", model, patch, difference);
    Path lora = temp.resolve("lora.safetensors");
    run("patch", "export", "--to", "lora", "--rank", "4", "--model", model, difference, "-o", lora);
    run("patch", "import", lora, "--model", model, "-o", temp.resolve("back.fmnpatch"));
    assertThat(run("patch", "inspect", patch).out()).contains("castle");
  }
}
