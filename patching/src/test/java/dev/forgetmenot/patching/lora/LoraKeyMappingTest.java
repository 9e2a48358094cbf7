package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The table of names, over every tensor of the UNet of Stable Diffusion 1.5. */
class LoraKeyMappingTest {
  @Test
  void everyModuleIsFoundByItsNameWithUnderscoresAndByItsOwn() throws IOException {
    Map<String, String> originals = originals();
    Set<String> names = originals.keySet();
    LoraKeyMapping table = new LoraKeyMapping(new NamesOnly(names), originals);
    int modules = 0;
    for (String tensor : names) {
      if (tensor.endsWith(".weight")) {
        String name = tensor.substring(0, tensor.length() - ".weight".length());
        LoraKeyMapping.Module module = new LoraKeyMapping.Module("unet", name);
        assertThat(table.find("lora_unet_" + name.replace('.', '_'))).contains(module);
        assertThat(table.find("unet." + name)).contains(module);
        assertThat(table.find("base_model.model." + name)).contains(module);
        assertThat(table.find("base_model.model.unet._orig_mod." + name)).contains(module);
        assertThat(table.find("module." + name)).contains(module);
        assertThat(table.find("lycoris_" + name.replace('.', '_'))).contains(module);
        String original = originals.get(tensor).substring(0, originals.get(tensor).length() - 7);
        assertThat(table.find("diffusion_model." + original)).contains(module);
        assertThat(table.find("model.diffusion_model." + original)).contains(module);
        assertThat(table.find("lora_unet_" + original.replace('.', '_'))).contains(module);
        modules++;
      }
    }
    assertThat(names).hasSize(686);
    assertThat(modules).isGreaterThan(330);
    assertThat(table.find("lora_unet_conv_in")).isPresent();
    assertThat(table.find("lora_unet_conv.in")).isEmpty();
  }

  private static Map<String, String> originals() throws IOException {
    String json = Files.readString(GoldenFolders.inProject("testkit/fixtures/sd15_unet_map.json"));
    Map<String, String> originals = new TreeMap<>();
    JsonParser.parseString(json)
        .getAsJsonObject()
        .asMap()
        .forEach((name, value) -> originals.put(name, original(value)));
    return originals;
  }

  private static String original(JsonElement value) {
    String name = value.getAsJsonArray().get(0).getAsString();
    return name.replaceFirst("^model\\.diffusion_model\\.", "");
  }

  /** A UNet of which nothing but the names is asked. */
  private record NamesOnly(Set<String> unet) implements BaseTensors {
    @Override
    public Set<String> names(String component) {
      return component.equals("unet") ? unet : Set.of();
    }

    @Override
    public DType dtype(String component, String name) {
      throw new AssertionError(name);
    }

    @Override
    public long[] shape(String component, String name) {
      throw new AssertionError(name);
    }

    @Override
    public ByteBuffer bytes(String component, String name) {
      throw new AssertionError(name);
    }

    @Override
    public float[] floats(String component, String name) {
      throw new AssertionError(name);
    }

    @Override
    public String source(String component) {
      return component;
    }
  }
}
