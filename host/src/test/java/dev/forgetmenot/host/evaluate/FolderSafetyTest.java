package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The flags that an evaluation gets are those of diffusers. */
class FolderSafetyTest {
  private static final Path FOLDER = GoldenFolders.folder("safety");

  @Test
  void imagesAreFlaggedAsByDiffusers() throws IOException {
    List<Boolean> expected =
        JsonParser.parseString(Files.readString(FOLDER.resolve("safety.json")))
            .getAsJsonObject()
            .getAsJsonArray("nsfw")
            .asList()
            .stream()
            .map(JsonElement::getAsBoolean)
            .toList();
    try (EngineThread engine = EngineThread.start("cpu");
        FolderSafety safety =
            new FolderSafety(
                ClipFiles.safetyChecker(FOLDER.resolve("safety_checker")),
                engine,
                Optional.empty())) {
      assertThat(safety.embedder()).isSameAs(safety.embedder());
      assertThat(safety.verdicts(safety.embedder().images(images())))
          .extracting(SafetyVerdict::flagged)
          .isEqualTo(expected);
    }
    assertThat(expected).contains(true, false);
  }

  private static List<RgbImage> images() throws IOException {
    List<RgbImage> images = new ArrayList<>();
    try (SafetensorsFile file =
        SafetensorsFile.open(FOLDER.resolve("safety.safetensors"), SafetensorsLimits.MODEL)) {
      while (file.tensors().containsKey("image." + images.size())) {
        String name = "image." + images.size();
        long[] shape = file.tensors().get(name).shape();
        float[] values = file.floats(name);
        byte[] rgb = new byte[values.length];
        for (int i = 0; i < rgb.length; i++) {
          rgb[i] = (byte) Math.round(values[i]);
        }
        images.add(new RgbImage(Math.toIntExact(shape[1]), Math.toIntExact(shape[0]), rgb));
      }
    }
    return images;
  }
}
