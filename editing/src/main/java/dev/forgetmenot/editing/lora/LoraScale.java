package dev.forgetmenot.editing.lora;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.forgetmenot.files.JsonText;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where the alpha of a module comes from when the file has no tensor for it: the configuration of
 * the PEFT library, which says one for all modules and others by the end of their names.
 */
final class LoraScale {
  /** No configuration: what has no alpha in the file has its rank. */
  static final LoraScale ALPHA_OF_THE_FILE = new LoraScale(Map.of());

  private static final int MOST_BYTES = 1 << 20;
  private static final int DEEPEST = 8;

  /**
   * What keys of alpha_pattern are read as: names; regular expressions of a stranger are not run.
   */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.]{1,250}");

  /** One adapter's rule. */
  private record Rule(double alpha, boolean rootOfRank, Map<String, Double> byName) {}

  private final Map<String, Rule> rules; // by component, or by nothing for all

  private LoraScale(Map<String, Rule> rules) {
    this.rules = rules;
  }

  /**
   * Reads {@code adapter_config.json}.
   *
   * @throws IOException if it is broken or says something that cannot be taken over
   */
  static LoraScale ofConfig(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new LoraException(file.toString(), "it has more than " + MOST_BYTES + " bytes");
    }
    Map<String, Object> json = parse(file.toString(), Files.readString(file));
    Object type = json.get("peft_type");
    if (type != null && !type.equals("LORA")) {
      throw new LoraException(
          file.toString(), "it is of the type " + type + "; only LORA can be taken over");
    }
    if (Boolean.TRUE.equals(json.get("fan_in_fan_out"))) {
      throw new LoraException(
          file.toString(), "fan_in_fan_out is for weights stored the other way round");
    }
    return new LoraScale(Map.of("", rule(file.toString(), json, "")));
  }

  /**
   * Reads what diffusers writes into the header: keys like {@code unet.lora_alpha}.
   *
   * @throws IOException if it is broken or says something that cannot be taken over
   */
  static LoraScale ofMetadata(String where, String text) throws IOException {
    Map<String, Object> json = parse(where, text);
    Map<String, Rule> rules = new HashMap<>();
    for (String component : new String[] {"unet", "text_encoder"}) {
      if (json.containsKey(component + ".lora_alpha")) {
        rules.put(component, rule(where, json, component + "."));
      }
    }
    return new LoraScale(rules);
  }

  private static Rule rule(String where, Map<String, Object> json, String prefix)
      throws LoraException {
    if (Boolean.TRUE.equals(json.get(prefix + "use_dora"))) {
      throw new LoraException(
          where,
          "it is a DoRA; merge it into its base with the tool that it came from, then make a patch"
              + " of the two by fmn patch diff");
    }
    if (!(json.get(prefix + "lora_alpha") instanceof Double alpha) || !Double.isFinite(alpha)) {
      throw new LoraException(where, "it should say " + prefix + "lora_alpha, a number");
    }
    Map<String, Double> byName = new TreeMap<>();
    if (json.get(prefix + "alpha_pattern") instanceof Map<?, ?> pattern) {
      for (Map.Entry<?, ?> entry : pattern.entrySet()) {
        String name = String.valueOf(entry.getKey());
        if (!NAME.matcher(name).matches() || !(entry.getValue() instanceof Double value)) {
          throw new LoraException(
              where, "alpha_pattern should give numbers to names of modules, not " + entry);
        }
        byName.put(name, value);
      }
    }
    return new Rule(alpha, Boolean.TRUE.equals(json.get(prefix + "use_rslora")), byName);
  }

  /**
   * The alpha of a module, so that alpha / rank is its scale.
   *
   * @param component unet or text_encoder
   * @param module canonical name without the component
   * @param rank of its factors
   */
  Optional<Double> alpha(String component, String module, int rank) {
    Rule rule = rules.getOrDefault(component, rules.get(""));
    if (rule == null) {
      return Optional.empty();
    }
    double alpha = rule.alpha();
    for (Map.Entry<String, Double> entry : rule.byName().entrySet()) {
      if (module.equals(entry.getKey()) || module.endsWith("." + entry.getKey())) {
        alpha = entry.getValue();
      }
    }
    return Optional.of(rule.rootOfRank() ? alpha * Math.sqrt(rank) : alpha);
  }

  /** Numbers, truth values and objects of such; other values are left out. */
  private static Map<String, Object> parse(String where, String text) throws LoraException {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(DEEPEST);
      Map<String, Object> object = object(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("something follows the object");
      }
      return object;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new LoraException(where, "it is no JSON object: " + JsonText.place(e), e);
    }
  }

  private static Map<String, Object> object(JsonReader reader) throws IOException {
    Map<String, Object> object = new TreeMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      Object value = null;
      switch (reader.peek()) {
        case NUMBER -> value = reader.nextDouble();
        case BOOLEAN -> value = reader.nextBoolean();
        case STRING -> value = reader.nextString();
        case BEGIN_OBJECT -> value = object(reader);
        default -> reader.skipValue();
      }
      if (object.containsKey(name)) {
        throw new IOException(name + " is there twice");
      }
      object.put(name, value);
    }
    reader.endObject();
    return object;
  }
}
