package dev.forgetmenot.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names and shapes of the published models, without their weights. */
class PublishedShapesTest {
  @Test
  void unetOfSd15HasThePublishedNamesAndShapes() throws IOException {
    String json = Files.readString(GoldenFolders.inProject("testkit/fixtures/sd15_unet_map.json"));
    JsonObject map = JsonParser.parseString(json).getAsJsonObject();
    Map<String, Shape> published = new LinkedHashMap<>();
    for (String name : map.keySet()) {
      JsonArray shape = map.getAsJsonArray(name).get(1).getAsJsonArray();
      published.put(
          name, new Shape(shape.asList().stream().mapToLong(JsonElement::getAsLong).toArray()));
    }
    assertThat(UNet2DConditionModel.parameterShapes(Published.SD15.unet()))
        .hasSize(686)
        .containsExactlyInAnyOrderEntriesOf(published);
  }

  @ParameterizedTest
  @EnumSource
  void totalsAreThePublishedOnes(Published model) throws IOException {
    assertThat(total(UNet2DConditionModel.parameterShapes(model.unet())))
        .isEqualTo(model.unetParameters());
    assertThat(total(AutoencoderKL.parameterShapes(model.vae())))
        .isEqualTo(Published.VAE_PARAMETERS);
    assertThat(total(ClipTextEncoder.parameterShapes(model.textEncoder())))
        .isEqualTo(model.textParameters());
  }

  private static long total(Map<String, Shape> shapes) {
    return shapes.values().stream().mapToLong(Shape::size).sum();
  }
}
