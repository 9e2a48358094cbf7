package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the PEFT library says beside the factors: {@code adapter_config.json}, or diffusers' {@code
 * lora_adapter_metadata} in the header. Whatever of it changes the meaning of the factors is
 * followed by PEFT's rules, or is an error.
 */
final class AdapterConfig {
  /** No configuration: the scale is in the file, and the factors stand for themselves. */
  static final AdapterConfig NONE = new AdapterConfig(Map.of());

  private static final int MOST_BYTES = 1 << 20;

  private final Map<String, AdapterRule> rules; // by component, or by nothing for all

  private AdapterConfig(Map<String, AdapterRule> rules) {
    this.rules = rules;
  }

  /**
   * Reads {@code adapter_config.json}.
   *
   * @throws IOException if it is broken or says something that is not followed
   */
  static AdapterConfig ofFile(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new LoraException(file.toString(), "it has more than " + MOST_BYTES + " bytes");
    }
    String where = file.toString();
    return new AdapterConfig(
        Map.of("", AdapterRule.of(where, JsonValues.parse(where, TextFile.read(file)))));
  }

  /**
   * Reads what diffusers writes into the header: keys like {@code unet.lora_alpha}, or without a
   * component where one network alone was saved.
   *
   * @throws IOException if it is broken or says something that is not followed
   */
  static AdapterConfig ofMetadata(String where, String text) throws IOException {
    Map<String, Object> json = JsonValues.parse(where, text);
    Map<String, AdapterRule> rules = new HashMap<>();
    for (String component : LoraKeyMapping.COMPONENTS) {
      Map<String, Object> own = new LinkedHashMap<>();
      json.forEach(
          (key, value) -> {
            if (key.startsWith(component + ".")) {
              own.put(key.substring(component.length() + 1), value);
            }
          });
      if (!own.isEmpty()) {
        rules.put(component, AdapterRule.of(where + " (" + component + ")", own));
      }
    }
    if (json.containsKey("lora_alpha")) {
      rules.put("", AdapterRule.of(where, json));
    }
    return new AdapterConfig(rules);
  }

  /**
   * The rule for a module.
   *
   * @param component unet or text_encoder
   */
  Optional<AdapterRule> rule(String component) {
    return Optional.ofNullable(rules.getOrDefault(component, rules.get("")));
  }
}
