package dev.forgetmenot.patching.lora;

import dev.forgetmenot.api.model.BaseTensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What tools call the modules of a base. Names in which dots became underscores cannot be read
 * back, so that all names of the base's modules are written in every way, and a file's are looked
 * up in this table.
 */
final class LoraKeyMapping {
  /** The prefix of the PEFT library. */
  static final String PEFT_LIBRARY = "base_model.model.";

  private static final String FIRST = "text_encoder";
  private static final String SECOND = "text_encoder_2";

  /** The components that have names in these files. */
  static final List<String> COMPONENTS = List.of("unet", FIRST, SECOND);

  /** sd-scripts' prefixes. */
  private static final Map<String, String> KOHYA =
      Map.of("unet", "lora_unet_", FIRST, "lora_te_", SECOND, "lora_te2_");

  private static final String KOHYA_FIRST = "lora_te1_";

  /**
   * What stands before names with dots: diffusers' component, the original checkpoint's and
   * ComfyUI's names of the networks, or nothing.
   */
  private static final Map<String, List<String>> DOTTED =
      Map.of(
          "unet",
          List.of("", "unet.", "diffusion_model.", "model.diffusion_model."),
          FIRST,
          List.of(
              "",
              "text_encoder.",
              "text_encoders.",
              "text_encoders.clip_l.transformer.",
              "text_encoders.clip_h.transformer.",
              "clip_l.transformer.",
              "clip_h.transformer.",
              "cond_stage_model.transformer.",
              "conditioner.embedders.0.transformer."),
          SECOND,
          List.of(
              "",
              "text_encoder_2.",
              "text_encoders.clip_g.transformer.",
              "clip_g.transformer.",
              "conditioner.embedders.1.transformer."));

  /**
   * What stands before names with underscores. sd-scripts numbers the text encoders where there are
   * two, and some trainers write the first one's number where there is one.
   */
  private static final Map<String, List<String>> UNDERSCORED =
      Map.of(
          "unet",
          List.of("lora_unet_", "lora_unet__orig_mod_", "lora_unet_module_", "lycoris_"),
          FIRST,
          List.of("lora_te_", "lora_te1_", "lora_te__orig_mod_", "lora_te_module_", "lycoris_"),
          SECOND,
          List.of("lora_te2_", "lycoris_"));

  /** What torch.compile and distributed training put between the parts of a name. */
  private static final Pattern WRAPPER = Pattern.compile("(^|\\.)(?:module|_orig_mod)(?=\\.)");

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
   * @param component {@code unet}, {@code text_encoder} or {@code text_encoder_2}
   * @param name canonical, without the component
   */
  record Module(String component, String name) {
    /** The full name of its parameter {@code weight} or {@code bias}. */
    String target(String parameter) {
      return component + "/" + name + "." + parameter;
    }
  }

  private final Map<String, Optional<Module>> modules = new HashMap<>();

  /**
   * The names of every module of a base.
   *
   * @param originals the names that the original checkpoints have for the UNet's tensors, without
   *     prefix, by canonical name; may be empty
   */
  LoraKeyMapping(BaseTensors base, Map<String, String> originals) {
    for (String component : COMPONENTS) {
      if (!base.components().contains(component)) {
        continue;
      }
      TreeSet<String> names = new TreeSet<>();
      for (String tensor : base.names(component)) {
        if (tensor.endsWith(".weight")) {
          names.add(module(tensor));
        }
      }
      names.forEach(name -> add(new Module(component, name)));
    }
    originals.forEach(
        (canonical, original) -> {
          if (canonical.endsWith(".weight")) {
            put(module(original), new Module("unet", module(canonical)));
          }
        });
  }

  private static String module(String weight) {
    return weight.substring(0, weight.length() - ".weight".length());
  }

  private void add(Module module) {
    String name = module.name();
    spellings(module).forEach(spelled -> put(spelled, module));
    int dot = name.lastIndexOf('.');
    if (dot > 0 && OLD_TEXT.containsKey(name.substring(dot + 1))) {
      put(name.substring(0, dot + 1) + OLD_TEXT.get(name.substring(dot + 1)), module);
    }
  }

  /** A name of the network itself, in all ways of writing it. */
  private void put(String name, Module module) {
    for (String prefix : DOTTED.get(module.component())) {
      alias(prefix + name, module);
    }
    for (String prefix : UNDERSCORED.get(module.component())) {
      alias(prefix + name.replace('.', '_'), module);
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

  /** A name that two modules would have belongs to none. */
  private void alias(String alias, Module module) {
    modules.merge(
        alias,
        Optional.of(module),
        (known, added) -> known.equals(added) ? known : Optional.empty());
  }

  /** The module that a file calls so. */
  Optional<Module> find(String stem) {
    return modules.getOrDefault(unwrapped(stem), Optional.empty());
  }

  /** A name without what wrappers of networks put before and into it. */
  static String unwrapped(String stem) {
    String name = WRAPPER.matcher(stem).replaceAll("");
    name = name.startsWith(".") ? name.substring(1) : name;
    while (name.startsWith(PEFT_LIBRARY)) {
      name = name.substring(PEFT_LIBRARY.length());
    }
    return name;
  }

  /** A name in the network itself, as the PEFT library's patterns see it. */
  static String inside(String stem, String component) {
    String name = unwrapped(stem);
    String prefix = component + ".";
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  /**
   * What sd-scripts calls a module.
   *
   * @param two whether the model has two text encoders, which are numbered then
   */
  static String kohya(Module module, boolean two) {
    String prefix =
        two && module.component().equals(FIRST) ? KOHYA_FIRST : KOHYA.get(module.component());
    return prefix + module.name().replace('.', '_');
  }
}
