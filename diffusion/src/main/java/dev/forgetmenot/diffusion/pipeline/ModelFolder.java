package dev.forgetmenot.diffusion.pipeline;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder in diffusers' layout: {@code model_index.json} and one folder for each component. What a
 * image does not need (safety_checker, feature_extractor, image_encoder) is not looked at.
 */
record ModelFolder(Path root) {
  private static final String INDEX = "model_index.json";

  /** The components and the class that each must be of, or null where that is looked at later. */
  private static final Map<String, String> COMPONENTS =
      Map.of(
          "unet", "UNet2DConditionModel",
          "vae", "AutoencoderKL",
          "text_encoder", "CLIPTextModel",
          "tokenizer", "CLIPTokenizer",
          "scheduler", "");

  /** Folders that published models have beside the components, and that no image needs. */
  private static final Set<String> UNUSED =
      Set.of("safety_checker", "feature_extractor", "image_encoder", "clip");

  /** Pipelines whose components are those of text to image. */
  private static final Set<String> PIPELINES =
      Set.of(
          "StableDiffusionPipeline",
          "StableDiffusionPipelineSafe",
          "StableDiffusionImg2ImgPipeline",
          "StableDiffusionControlNetPipeline");

  /**
   * Checks the layout.
   *
   * @throws IOException if this is no folder of a Stable Diffusion 1.x or 2.x; the message says why
   */
  static ModelFolder open(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is not a folder: a model is a folder in diffusers' layout");
    }
    ModelFolder folder = new ModelFolder(root);
    JsonObject index = folder.index();
    JsonElement pipeline = index.get("_class_name");
    if (pipeline == null
        || !pipeline.isJsonPrimitive()
        || !PIPELINES.contains(pipeline.getAsString())) {
      throw new IOException(
          root.resolve(INDEX)
              + ": only StableDiffusionPipeline (Stable Diffusion 1.x and 2.x) is supported, this is "
              + pipeline);
    }
    for (Map.Entry<String, String> component : COMPONENTS.entrySet()) {
      folder.check(index, component.getKey(), component.getValue());
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
    TextEncoderConfig textEncoder = TextEncoderConfig.read(component("text_encoder"));
    SchedulerConfig scheduler = SchedulerConfigReader.read(component("scheduler"));
    TokenizerFiles tokenizer = TokenizerFiles.of(component("tokenizer"));
    Map<String, ComponentTensors> tensors = new LinkedHashMap<>();
    try {
      for (String name : ModelOnDisk.COMPONENTS) {
        tensors.put(name, ComponentTensors.open(component(name), name, options.variant()));
      }
      return new ModelOnDisk.Parts(unet, vae, textEncoder, scheduler, tokenizer, tensors, notes());
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, tensors.values());
      throw e;
    }
  }

  /** Names folders that are neither a component nor known to belong to the checks of images. */
  private List<String> notes() throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      List<String> unknown =
          all.filter(Files::isDirectory)
              .map(folder -> String.valueOf(folder.getFileName()))
              .filter(name -> !COMPONENTS.containsKey(name) && !UNUSED.contains(name))
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

  private JsonObject index() throws IOException {
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

  private void check(JsonObject index, String name, String className) throws IOException {
    if (!Files.isDirectory(component(name))) {
      throw new IOException(root + " has no folder " + name + ": is the download complete?");
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
