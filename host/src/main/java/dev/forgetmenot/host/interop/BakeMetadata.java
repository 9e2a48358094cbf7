package dev.forgetmenot.host.interop;

import com.google.gson.stream.JsonWriter;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patching.stack.StackedPatch;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a baked model says of itself: of which base, with which patches, and what came of it.
 *
 * @param base the base
 * @param before by component: the touched tensors of the base
 * @param layers the patches
 * @param after by component: the root over the touched tensors as they were written, hex
 */
record BakeMetadata(
    BaseModel base,
    Map<String, Manifest.Component> before,
    List<StackedPatch> layers,
    Map<String, String> after) {
  /** The name of the file in a baked folder. */
  static final String NAME = "fmn-bake.json";

  /** JSON in UTF-8. */
  byte[] bytes() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent("  ");
      json.beginObject();
      json.name("tool").value("fmn " + HostVersions.read().program());
      json.name("base").beginObject();
      json.name("label").value(base.label()).name("architecture").value(base.architecture());
      json.name("touched").beginObject();
      for (Map.Entry<String, Manifest.Component> entry : before.entrySet()) {
        json.name(entry.getKey()).beginObject();
        json.name("tensors").value(entry.getValue().touched());
        json.name("exact").value(entry.getValue().exact());
        json.name("f16").value(entry.getValue().f16());
        json.endObject();
      }
      json.endObject().endObject();
      json.name("patches").beginArray();
      for (StackedPatch layer : layers) {
        Manifest manifest = layer.file().manifest();
        json.beginObject();
        json.name("name").value(manifest.name()).name("version").value(manifest.patchVersion());
        json.name("id").value(layer.file().id()).name("strength").value(layer.strength());
        json.endObject();
      }
      json.endArray();
      json.name("result").beginObject();
      for (Map.Entry<String, String> entry : after.entrySet()) {
        json.name(entry.getKey()).value(entry.getValue());
      }
      json.endObject().endObject();
    }
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
