package dev.forgetmenot.patch;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.forgetmenot.patch.edit.TextProjections;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes manifest.json: members in the order of the specification, the same bytes each time. */
final class ManifestWriter {
  private static final Gson GSON =
      new GsonBuilder()
          .disableHtmlEscaping()
          .setPrettyPrinting()
          .registerTypeAdapter(Optional.class, optional())
          .registerTypeAdapter(TextProjections.class, sides())
          .registerTypeAdapter(double.class, number())
          .registerTypeAdapter(Double.class, number())
          .create();

  private ManifestWriter() {}

  static byte[] bytes(Manifest m) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", "fmnpatch");
    json.put("version", m.version());
    json.put("requiredFeatures", m.requiredFeatures());
    json.put("name", m.name());
    json.put("patchVersion", m.patchVersion());
    json.put("description", m.description());
    json.put("license", m.license());
    json.put("created", m.created());
    json.put("authors", m.authors());
    json.put("intent", m.intent());
    json.put("architecture", m.architecture());
    json.put("base", base(m.base()));
    json.put("edits", m.edits().stream().map(ManifestWriter::edit).toList());
    json.put("stacking", m.stacking());
    m.gate().ifPresent(gate -> json.put("gate", gate));
    json.put("recipe", m.recipe());
    json.put("evidence", m.evidence());
    if (!m.previews().isEmpty()) {
      json.put("previews", m.previews().stream().map(ManifestWriter::preview).toList());
    }
    json.put("entries", m.entries());
    return (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> preview(PatchPreview preview) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("entry", preview.entry());
    json.put("side", preview.side().word());
    json.put("prompt", preview.prompt());
    json.put("seed", Long.toString(preview.seed()));
    json.put("strength", preview.strength());
    return json;
  }

  private static Map<String, Object> base(Manifest.Base base) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, Object> components = new LinkedHashMap<>();
    base.components().forEach((name, component) -> components.put(name, component(component)));
    json.put("components", components);
    base.textEncoder().ifPresent(roots -> json.put("textEncoder", roots));
    base.textEncoder2().ifPresent(roots -> json.put("textEncoder2", roots));
    base.tokenizer().ifPresent(tokenizer -> json.put("tokenizer", tokenizer));
    json.put("label", base.label());
    json.put("policy", base.policy());
    return json;
  }

  static Map<String, Object> component(Manifest.Component component) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("exact", component.exact());
    json.put("f16", component.f16());
    if (component.leaves().isEmpty()) {
      json.put("touched", component.touched());
    } else {
      json.put("leaves", component.leaves());
    }
    return json;
  }

  private static Map<String, Object> edit(Manifest.Edit edit) {
    Manifest.Strength s = edit.strength();
    Map<String, Object> strength = new LinkedHashMap<>();
    strength.put("default", s.standard());
    strength.put("min", s.min());
    strength.put("max", s.max());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", edit.id());
    json.put("kind", edit.kind().toString());
    json.put("component", edit.component());
    json.put("entry", edit.entry());
    json.putAll(GSON.toJsonTree(edit.content()).getAsJsonObject().asMap());
    json.put("strength", strength);
    return json;
  }

  /** Nothing is written of what is not there. */
  private static JsonSerializer<Optional<?>> optional() {
    return (value, type, context) -> context.serialize(value.orElse(null));
  }

  private static JsonSerializer<TextProjections> sides() {
    return (value, type, context) -> new JsonPrimitive(value.word());
  }

  private static JsonSerializer<Double> number() {
    return (value, type, context) -> new JsonPrimitive(new BigDecimal(decimal(value)));
  }

  /**
   * The shortest decimal that reads back as this double, with a point. Double.toString will not do:
   * its digits changed with JDK 19.
   */
  static String decimal(double value) {
    BigDecimal exact = new BigDecimal(value);
    int digits = 1;
    BigDecimal shortest = exact;
    do {
      shortest = exact.round(new MathContext(digits++));
    } while (shortest.doubleValue() != value);
    shortest = shortest.stripTrailingZeros();
    return shortest.scale() < 1 && shortest.precision() - shortest.scale() < 20
        ? shortest.setScale(1).toString()
        : shortest.toString();
  }
}
