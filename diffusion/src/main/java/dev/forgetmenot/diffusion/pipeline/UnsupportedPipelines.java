package dev.forgetmenot.diffusion.pipeline;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Folders in diffusers' layout that are of another kind, by their {@code model_index.json}. */
final class UnsupportedPipelines {
  private UnsupportedPipelines() {}

  /**
   * Refuses what looks like a supported folder and is for another task.
   *
   * @throws IOException that says what it is
   */
  static void refuse(Path index, String className, JsonObject content) throws IOException {
    String name = className.toLowerCase(Locale.ROOT);
    if (name.contains("inpaint")) {
      throw new IOException(
          Message.of(
              "%s: %s is a model for inpainting, whose UNet takes a mask; expected the base model,"
                  + " which inpaints by --image and --mask",
              index, className));
    }
    if (isRefiner(className, content)) {
      throw new IOException(
          Message.of(
              "%s is a refiner, the second stage of %s, which has no first text encoder and ends"
                  + " what a base model began; expected the base model",
              index,
              ModelArchitecture.ofPipeline(className).map(ModelArchitecture::words).orElseThrow()));
    }
  }

  private static boolean isRefiner(String className, JsonObject content) {
    JsonElement encoder = content.get("text_encoder");
    boolean without =
        encoder instanceof JsonArray list
            && list.asList().stream().allMatch(JsonElement::isJsonNull);
    return without
        && ModelArchitecture.ofPipeline(className)
            .filter(family -> family.textEncoders().size() > 1)
            .isPresent();
  }

  static IOException unknown(Path index, String className) {
    String supported =
        Stream.of(ModelArchitecture.values())
            .map(ModelArchitecture::words)
            .collect(Collectors.joining(" and "));
    return new IOException(
        Message.of("%s: only %s are supported, this is %s", index, supported, className));
  }
}
