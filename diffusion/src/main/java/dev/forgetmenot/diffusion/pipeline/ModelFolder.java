package dev.forgetmenot.diffusion.pipeline;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.schedule.SchedulerConfigReader;
import dev.forgetmenot.diffusion.tokenizer.TokenizerFiles;
import dev.forgetmenot.diffusion.weights.ComponentTensors;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder in diffusers' layout: {@code model_index.json} and one folder for each component. What a
 * image does not need (safety_checker, feature_extractor, image_encoder) is not looked at.
 */
record ModelFolder(Path root, ModelArchitecture architecture, JsonObject index) {
  private static final String INDEX = "model_index.json";

  /** Folders that published models have beside the components, and that no image needs. */
  private static final Set<String> UNUSED =
      Set.of("safety_checker", "feature_extractor", "image_encoder", "clip");

  /**
   * Checks the layout.
   *
   * @throws IOException if this is no folder of a known architecture; the message says why
   */
  static ModelFolder open(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is not a folder: a model is a folder in diffusers' layout");
    }
    JsonObject index = index(root);
    JsonElement pipeline = index.get("_class_name");
    String className =
        pipeline != null && pipeline.isJsonPrimitive() ? pipeline.getAsString() : "none";
    UnsupportedPipelines.refuse(root.resolve(INDEX), className, index);
    ModelArchitecture architecture =
        ModelArchitecture.ofPipeline(className)
            .orElseThrow(() -> UnsupportedPipelines.unknown(root.resolve(INDEX), className));
    ModelFolder folder = new ModelFolder(root, architecture, index);
    for (Map.Entry<String, String> component : architecture.folders().entrySet()) {
      folder.check(component.getKey(), component.getValue());
    }
    return folder;
  }

  /**
   * Reads the configurations and opens the files of the weights.
   *
   * @throws IOException if one is missing or broken; the message names it
   */
  ModelOnDisk.Parts parts(ReadingOptions options) throws IOException {
    UNetConfig unet = UNetConfig.read(component("unet"));
    VaeConfig vae = VaeConfig.read(component("vae"));
    List<ModelOnDisk.TextPart> text = new ArrayList<>();
    for (TextEncoderSlot slot : architecture.textEncoders()) {
      text.add(
          new ModelOnDisk.TextPart(
              slot,
              slot.read(component(slot.component())),
              TokenizerFiles.of(component(slot.tokenizer()))));
    }
    checkTogether(unet, text);
    SchedulerConfig scheduler =
        architecture.completed(SchedulerConfigReader.read(component("scheduler")));
    Map<String, ComponentTensors> tensors = new LinkedHashMap<>();
    try {
      for (String name : architecture.weights()) {
        tensors.put(name, ComponentTensors.open(component(name), name, options.variant()));
      }
      return new ModelOnDisk.Parts(
          architecture, unet, vae, text, scheduler, zerosForEmptyPrompt(), tensors, notes());
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, tensors.values());
      throw e;
    }
  }

  /** What the UNet takes must be what the text encoders give. */
  private void checkTogether(UNetConfig unet, List<ModelOnDisk.TextPart> text) throws IOException {
    if (unet.textTime().isPresent() != architecture.conditionedOnSizes()) {
      throw new IOException(
          Message.of(
              "%s: addition_embed_type %s where models of %s have %s; is the folder of one model?",
              component("unet").resolve("config.json"),
              unet.textTime().isPresent() ? "text_time" : "null",
              architecture.words(),
              architecture.conditionedOnSizes() ? "text_time" : "none"));
    }
    int width = text.stream().mapToInt(part -> part.config().encoder().width()).sum();
    if (unet.crossAttentionDim().get(0) != width) {
      throw new IOException(
          Message.of(
              "%s: cross_attention_dim is %s and the text encoders give %s numbers for each token;"
                  + " is the folder of one model?",
              component("unet").resolve("config.json"), unet.crossAttentionDim().get(0), width));
    }
    if (unet.textTime().isPresent()) {
      int pooled = text.get(text.size() - 1).config().projection();
      if (unet.textTime().get().pooled() != pooled) {
        throw new IOException(
            Message.of(
                "%s: the UNet takes a pooled text of %s numbers and %s gives %s; is the folder of"
                    + " one model?",
                component("unet").resolve("config.json"),
                unet.textTime().get().pooled(),
                text.get(text.size() - 1).slot().component(),
                pooled));
      }
    }
  }

  private boolean zerosForEmptyPrompt() throws IOException {
    JsonElement value = index.get("force_zeros_for_empty_prompt");
    if (value == null || value.isJsonNull()) {
      return architecture.zerosForEmptyPrompt();
    }
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw new IOException(
          root.resolve(INDEX)
              + ": force_zeros_for_empty_prompt should be true or false, not "
              + value);
    }
    return architecture.zerosForEmptyPrompt() && value.getAsBoolean();
  }

  /** Names folders that are neither a component nor known to belong to the checks of images. */
  private List<String> notes() throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      List<String> unknown =
          all.filter(Files::isDirectory)
              .map(folder -> String.valueOf(folder.getFileName()))
              .filter(name -> !architecture.folders().containsKey(name) && !UNUSED.contains(name))
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList();
      return unknown.isEmpty()
          ? List.of()
          : List.of("not used, for no image needs it: the folders " + String.join(", ", unknown));
    }
  }

  private Path component(String name) {
    return root.resolve(name);
  }

  private static JsonObject index(Path root) throws IOException {
    Path file = root.resolve(INDEX);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Message.of(
              "%s has no %s: a model is a folder in diffusers' layout; is the path right and the"
                  + " download complete?",
              root, INDEX));
    }
    return JsonText.object(file);
  }

  private void check(String name, String className) throws IOException {
    if (!Files.isDirectory(component(name))) {
      throw new IOException(
          Message.of(
              "%s has no folder %s, which %s has: is the download complete?",
              root, name, architecture.words()));
    }
    JsonElement entry = index.get(name);
    if (entry == null || !entry.isJsonArray() || entry.getAsJsonArray().size() != 2) {
      throw new IOException(
          Message.of(
              "%s: %s should be a list of a library and a class: %s",
              root.resolve(INDEX), name, entry));
    }
    JsonElement found = entry.getAsJsonArray().get(1);
    boolean fits = found.isJsonPrimitive() && found.getAsString().startsWith(className);
    if (!fits) {
      throw new IOException(
          Message.of(
              "%s: %s is of the class %s; only %s is supported",
              root.resolve(INDEX), name, found, className));
    }
  }
}
