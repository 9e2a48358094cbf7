package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one configuration of the PEFT library says of its modules' scales and of the weights that
 * its factors are added to.
 *
 * @param alpha for modules that no pattern matches
 * @param rank the same; empty if it is not said
 * @param alphas by pattern, in the order of the file
 * @param ranks by pattern, in the order of the file
 * @param rootOfRank whether the scale is alpha / √rank
 * @param start what was taken from the base when the training began
 * @param feedforward ends of the names of modules that (IA)³ scales by input
 * @param dora whether every module must have its norms
 */
record AdapterRule(
    double alpha,
    OptionalInt rank,
    Map<Pattern, Double> alphas,
    Map<Pattern, Double> ranks,
    boolean rootOfRank,
    TrainingStart start,
    List<String> feedforward,
    boolean dora) {

  /** The types of adapters whose tensors are read, and what each calls its alpha. */
  private static final Map<String, String> ALPHA =
      Map.of("LORA", "lora_alpha", "LOHA", "alpha", "LOKR", "alpha");

  private static final String IA3 = "IA3";

  /**
   * What has no effect on the weights: where the adapter was put, which the names of its tensors
   * say, what training alone looks at, and how the initial values were found where the base stayed
   * as it was. {@code fan_in_fan_out} concerns layers that Stable Diffusion has none of; biases and
   * modules that were trained in full are tensors of the file.
   */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "peft_type",
          "task_type",
          "auto_mapping",
          "peft_version",
          "base_model_name_or_path",
          "revision",
          "inference_mode",
          "target_modules",
          "exclude_modules",
          "lora_dropout",
          "layers_to_transform",
          "layers_pattern",
          "fan_in_fan_out",
          "bias",
          "modules_to_save",
          "megatron_core",
          "loftq_config",
          "eva_config",
          "corda_config",
          "lora_ga_config",
          "velora_config",
          "runtime_config",
          "qalora_group_size",
          "ensure_weight_tying",
          "lora_bias",
          "rank_dropout",
          "module_dropout",
          "rank_dropout_scale",
          "use_effective_conv2d",
          "decompose_both",
          "decompose_factor",
          "init_weights",
          "init_ia3_weights",
          "feedforward_modules");

  private static final Set<Object> NOTHING = Set.of(false, 0.0, "", List.of(), Map.of());

  private static final Set<String> UNDERSTOOD =
      Set.of(
          "r",
          "lora_alpha",
          "alpha",
          "rank_pattern",
          "alpha_pattern",
          "use_rslora",
          "use_dora",
          "init_lora_weights");

  /**
   * The patterns that are run: names and simple forms of regular expressions, in which no repeated
   * part holds another one, so that none can take long.
   */
  private static final Pattern SIMPLE =
      Pattern.compile("\\^?(?:[A-Za-z0-9_]|\\.|\\\\\\.|\\\\d|[()|])+(?:\\$)?");

  private static final Pattern REPEATED = Pattern.compile("(?:\\\\d|\\.)[*+]");
  private static final int MOST_REPEATED = 2;
  private static final int LONGEST = 250;

  /**
   * Reads a configuration.
   *
   * @throws LoraException if it says something that is not followed; the message says how to
   *     convert
   */
  static AdapterRule of(String where, Map<String, Object> json) throws LoraException {
    Object type = json.get("peft_type");
    String word = type == null ? "LORA" : String.valueOf(type).toUpperCase(Locale.ROOT);
    if (!ALPHA.containsKey(word) && !word.equals(IA3)) {
      throw new LoraException(
          where,
          Message.of(
              "peft_type is %s; LORA, LOHA, LOKR and IA3 are read. Else %s",
              type, LoraException.MERGE));
    }
    refuseOthers(where, json);
    if (json.get("feedforward_modules") instanceof String pattern && !pattern.isEmpty()) {
      throw new LoraException(
          where,
          "feedforward_modules is the pattern "
              + brief(pattern)
              + ", and patterns of strangers are not run there; write the modules' names as a list");
    }
    OptionalInt rank =
        json.get("r") instanceof Double r ? OptionalInt.of((int) (double) r) : OptionalInt.empty();
    return new AdapterRule(
        word.equals(IA3) ? 1 : alpha(where, json, ALPHA.get(word)),
        rank,
        patterns(where, json, "alpha_pattern"),
        patterns(where, json, "rank_pattern"),
        Boolean.TRUE.equals(json.get("use_rslora")),
        TrainingStart.of(where, json.get("init_lora_weights")),
        json.get("feedforward_modules") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of(),
        Boolean.TRUE.equals(json.get("use_dora")));
  }

  private static double alpha(String where, Map<String, Object> json, String key)
      throws LoraException {
    if (json.get(key) instanceof Double alpha && Double.isFinite(alpha)) {
      return alpha;
    }
    throw new LoraException(where, "it should say " + key + ", a number");
  }

  /** Whatever is not known must say nothing: null, false, 0, or an empty list, object or text. */
  private static void refuseOthers(String where, Map<String, Object> json) throws LoraException {
    for (Map.Entry<String, Object> entry : json.entrySet()) {
      Object value = entry.getValue() == null ? false : entry.getValue();
      String key = entry.getKey();
      if (!NOTHING.contains(value) && !WITHOUT_EFFECT.contains(key) && !UNDERSTOOD.contains(key)) {
        throw new LoraException(
            where,
            Message.of(
                "%s is %s, which may change what the factors mean and is not read; %s",
                key, brief(value), LoraException.MERGE));
      }
    }
  }

  private static String brief(Object value) {
    String text = String.valueOf(value);
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }

  private static Map<Pattern, Double> patterns(String where, Map<String, Object> json, String key)
      throws LoraException {
    Map<Pattern, Double> patterns = new LinkedHashMap<>();
    if (json.get(key) instanceof Map<?, ?> given) {
      for (Map.Entry<?, ?> entry : given.entrySet()) {
        String text = String.valueOf(entry.getKey());
        if (!(entry.getValue() instanceof Double value) || !simple(text)) {
          throw new LoraException(
              where,
              key
                  + " should give numbers to names of modules or simple patterns of them, not "
                  + brief(entry)
                  + "; write the modules' names out");
        }
        patterns.put(Pattern.compile("(.*\\.)?(" + text + ")$"), value);
      }
    }
    return patterns;
  }

  private static boolean simple(String text) {
    String without = REPEATED.matcher(text).replaceAll(".");
    long repeated = REPEATED.matcher(text).results().count();
    if (text.length() > LONGEST || repeated > MOST_REPEATED || !SIMPLE.matcher(without).matches()) {
      return false;
    }
    int open = 0;
    for (int i = 0; i < without.length() && open >= 0; i++) {
      open += without.charAt(i) == '(' ? 1 : without.charAt(i) == ')' ? -1 : 0;
    }
    return open == 0;
  }

  /** The first pattern of the file that matches wins, as in PEFT's get_pattern_key. */
  private static Double first(Map<Pattern, Double> patterns, String name) {
    for (Map.Entry<Pattern, Double> entry : patterns.entrySet()) {
      if (entry.getKey().matcher(name).lookingAt()) {
        return entry.getValue();
      }
    }
    return null;
  }

  /**
   * The alpha of a module, so that alpha / rank is its scale.
   *
   * @param name of the module as the file has it, without what is before the network's own names
   * @param rank of its factors
   */
  double alpha(String name, int rank) {
    Double found = first(alphas, name);
    double value = found == null ? alpha : found;
    return rootOfRank ? value * Math.sqrt(rank) : value;
  }

  /** Whether (IA)³ scales a module by input. */
  boolean feedforward(String name) {
    return feedforward.stream().anyMatch(name::endsWith);
  }

  /** The rank that the configuration gives a module, if it does. */
  OptionalInt rank(String name) {
    Double found = first(ranks, name);
    return found == null ? rank : OptionalInt.of((int) (double) found);
  }
}
