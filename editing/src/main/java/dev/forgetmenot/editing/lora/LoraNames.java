package dev.forgetmenot.editing.lora;

import dev.forgetmenot.api.model.BaseTensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What tools call the modules of a base. Names in which dots became underscores cannot be read
 * back, so that all names of the base's modules are written in every way, and a file's are looked
 * up in this table.
 */
final class LoraNames {
  /** The prefix of the PEFT library. */
  static final String PEFT_LIBRARY = "base_model.model.";

  /** The components that have names in these files, and sd-scripts' prefixes. */
  static final Map<String, String> PREFIXES =
      Map.of("unet", "lora_unet_", "text_encoder", "lora_te_");

  private static final String TEXT_MODEL = "text_model.";

  /** Projections of old text encoder names. */
  private static final Map<String, String> OLD_TEXT =
      Map.of(
          "q_proj", "to_q_lora",
          "k_proj", "to_k_lora",
          "v_proj", "to_v_lora",
          "out_proj", "to_out_lora");

  /**
   * A module of the base.
   *
   * @param component {@code unet} or {@code text_encoder}
   * @param name canonical, without the component
   */
  record Module(String component, String name) {
    /** The full name of its parameter {@code weight} or {@code bias}. */
    String target(String parameter) {
      return component + "/" + name + "." + parameter;
    }
  }

  private final Map<String, Optional<Module>> modules = new HashMap<>();

  /** The names of every module of a base. */
  LoraNames(BaseTensors base) {
    for (String component : PREFIXES.keySet()) {
      TreeSet<String> names = new TreeSet<>();
      for (String tensor : base.names(component)) {
        if (tensor.endsWith(".weight")) {
          names.add(tensor.substring(0, tensor.length() - ".weight".length()));
        }
      }
      names.forEach(name -> add(new Module(component, name)));
    }
  }

  private void add(Module module) {
    String name = module.name();
    put(kohya(module), module);
    for (String spelled : spellings(module)) {
      put(spelled, module);
      put(module.component() + "." + spelled, module);
      put(PEFT_LIBRARY + spelled, module);
      put(PEFT_LIBRARY + module.component() + "." + spelled, module);
    }
    int dot = name.lastIndexOf('.');
    if (dot > 0 && OLD_TEXT.containsKey(name.substring(dot + 1))) {
      String old = name.substring(0, dot + 1) + OLD_TEXT.get(name.substring(dot + 1));
      put(old, module);
      put(module.component() + "." + old, module);
    }
  }

  /** The name as it is, in the text encoder also without its first part, and the processors'. */
  private static List<String> spellings(Module module) {
    String name = module.name();
    if (name.startsWith(TEXT_MODEL)) {
      return List.of(name, name.substring(TEXT_MODEL.length()));
    }
    String processor = name.replaceFirst("\\.(to_[qkv])$", ".processor.$1_lora");
    processor = processor.replaceFirst("\\.to_out\\.0$", ".processor.to_out_lora");
    return processor.equals(name) ? List.of(name) : List.of(name, processor);
  }

  /** A name that two modules would have is nobody's. */
  private void put(String alias, Module module) {
    modules.merge(
        alias,
        Optional.of(module),
        (known, added) -> known.equals(added) ? known : Optional.empty());
  }

  /** The module that a file calls so. */
  Optional<Module> find(String stem) {
    return modules.getOrDefault(stem, Optional.empty());
  }

  /** What sd-scripts calls a module. */
  static String kohya(Module module) {
    return PREFIXES.get(module.component()) + module.name().replace('.', '_');
  }
}
