package dev.forgetmenot.host.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The count from shapes, beside PyTorch's of the modules that run. */
class UNetOperationsTest {
  private static final Path COUNTED =
      GoldenFolders.inProject("testkit/fixtures/unet_operations.json");

  @ParameterizedTest
  @CsvSource({
    "sd1-tiny, testkit/fixtures/sd1-tiny/model",
    "sd2-tiny, testkit/fixtures/sd2-tiny/model",
    "emoji-64, samples/models/emoji-64"
  })
  void countsWhatPyTorchCounts(String name, String folder) throws IOException {
    JsonArray sizes =
        JsonParser.parseString(Files.readString(COUNTED))
            .getAsJsonObject()
            .get(name)
            .getAsJsonArray();
    assertThat(sizes).hasSize(3);
    try (ModelOnDisk model = ModelOnDisk.open(GoldenFolders.inProject(folder))) {
      for (JsonElement one : sizes) {
        JsonObject size = one.getAsJsonObject();
        UNetOperations counted =
            UNetOperations.of(
                model.base().tensors(),
                model.attentionSites(),
                size.get("batch").getAsInt(),
                size.get("height").getAsInt(),
                size.get("width").getAsInt(),
                size.get("tokens").getAsInt());
        assertThat(counted)
            .as(name + " " + size)
            .isEqualTo(
                new UNetOperations(
                    size.get("convolutions").getAsDouble(),
                    size.get("products").getAsDouble(),
                    size.get("attention").getAsDouble()));
        assertThat(counted.all()).isEqualTo(size.get("all").getAsDouble());
      }
    }
  }
}
