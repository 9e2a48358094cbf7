package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.Message;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a tensor in a LoRA file, taken apart.
 *
 * @param stem names the module, in the way of the tool that wrote it
 * @param role what the tensor is for the module
 */
record LoraKey(String stem, LoraRole role) {
  /** How names end; what is kept of an ending belongs to the stem. */
  private record Ending(String text, String kept, LoraRole role) {
    Ending(String text, LoraRole role) {
      this(text, "", role);
    }

    Optional<LoraKey> of(String name) {
      return name.endsWith(text) && name.length() > text.length()
          ? Optional.of(new LoraKey(name.substring(0, name.length() - text.length()) + kept, role))
          : Optional.empty();
    }
  }

  /** How names end in forms that are not read, and what the form is called. */
  private record Refused(String ending, String form) {}

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending(".lora_down.weight", LoraRole.DOWN),
          new Ending(".lora_up.weight", LoraRole.UP),
          new Ending(".lora_mid.weight", LoraRole.MID),
          new Ending(".lora_up.bias", LoraRole.UP_BIAS),
          new Ending(".lora_A.weight", LoraRole.DOWN),
          new Ending(".lora_B.weight", LoraRole.UP),
          new Ending(".lora_B.bias", LoraRole.UP_BIAS),
          new Ending(".lora.down.weight", LoraRole.DOWN),
          new Ending(".lora.up.weight", LoraRole.UP),
          new Ending(".lora.alpha", LoraRole.ALPHA),
          new Ending(".lora_linear_layer.down.weight", LoraRole.DOWN),
          new Ending(".lora_linear_layer.up.weight", LoraRole.UP),
          new Ending(".lora_linear_layer.alpha", LoraRole.ALPHA),
          new Ending("_lora.down.weight", "_lora", LoraRole.DOWN),
          new Ending("_lora.up.weight", "_lora", LoraRole.UP),
          new Ending(".alpha", LoraRole.ALPHA),
          new Ending(".hada_w1_a", LoraRole.HADA_W1_A),
          new Ending(".hada_w1_b", LoraRole.HADA_W1_B),
          new Ending(".hada_w2_a", LoraRole.HADA_W2_A),
          new Ending(".hada_w2_b", LoraRole.HADA_W2_B),
          new Ending(".hada_t1", LoraRole.HADA_T1),
          new Ending(".hada_t2", LoraRole.HADA_T2),
          new Ending(".lokr_w1", LoraRole.LOKR_W1),
          new Ending(".lokr_w1_a", LoraRole.LOKR_W1_A),
          new Ending(".lokr_w1_b", LoraRole.LOKR_W1_B),
          new Ending(".lokr_w2", LoraRole.LOKR_W2),
          new Ending(".lokr_w2_a", LoraRole.LOKR_W2_A),
          new Ending(".lokr_w2_b", LoraRole.LOKR_W2_B),
          new Ending(".lokr_t2", LoraRole.LOKR_T2),
          new Ending(".dora_scale", LoraRole.DORA_SCALE),
          new Ending(".lora_magnitude_vector", LoraRole.MAGNITUDE),
          new Ending(".lora_magnitude_vector.weight", LoraRole.MAGNITUDE),
          new Ending(".on_input", LoraRole.ON_INPUT),
          new Ending(".ia3_l", LoraRole.IA3_FACTOR),
          new Ending(".diff", LoraRole.WEIGHT_CHANGE),
          new Ending(".w_norm", LoraRole.WEIGHT_CHANGE),
          new Ending(".diff_b", LoraRole.BIAS_CHANGE),
          new Ending(".b_norm", LoraRole.BIAS_CHANGE),
          new Ending(".set_weight", LoraRole.NEW_WEIGHT));

  /** What the PEFT library saves of modules that it trained in full, beside the factors. */
  private static final List<Ending> BESIDE_FACTORS =
      List.of(
          new Ending(".base_layer.bias", LoraRole.NEW_BIAS),
          new Ending(".bias", LoraRole.NEW_BIAS),
          new Ending(".weight", LoraRole.NEW_WEIGHT));

  private static final Ending IA3 = new Ending(".weight", LoraRole.IA3_CHANGE);

  /** LyCORIS' (IA)³ ends as weights of models do; the names of its modules have no dots. */
  private static final Pattern IA3_NAME = Pattern.compile("(lora_|lycoris_)\\w+\\.weight");

  /** The name of an adapter, which the PEFT library drops when it saves and others keep. */
  private static final Pattern ADAPTER =
      Pattern.compile("\\.default(_\\d+)?(?=(\\.weight|\\.bias)?$)");

  private static final List<Refused> REFUSED =
      List.of(
          new Refused(".a1.weight", "GLoRA"),
          new Refused(".a2.weight", "GLoRA"),
          new Refused(".b1.weight", "GLoRA"),
          new Refused(".b2.weight", "GLoRA"),
          new Refused(".bm.weight", "GLoRA"),
          new Refused(".oft_blocks", "OFT"),
          new Refused(".oft_diag", "OFT"),
          new Refused(".oft_R.weight", "OFT"),
          new Refused(".oft_r", "OFT"),
          new Refused(".boft_R", "BOFT"),
          new Refused(".boft_s", "BOFT"),
          new Refused(".vera_lambda_b", "VeRA"),
          new Refused(".vera_lambda_d", "VeRA"),
          new Refused(".lora_E", "AdaLoRA"),
          new Refused(".hra_u", "HRA"),
          new Refused(".spectrum", "FourierFT"),
          new Refused(".lora_embedding_A", "LoRA of an embedding table"),
          new Refused(".lora_embedding_B", "LoRA of an embedding table"));

  /** How quantized factors and what belongs to them end. */
  private static final Pattern QUANTIZED =
      Pattern.compile(
          ".*(\\.weight\\.(absmax|quant_map|quant_state.*|SCB)|\\.(SCB|qweight|qzeros|scales|weight_scale|scale_weight))");

  /** Takes a name apart; empty if it ends in no known way. */
  static Optional<LoraKey> of(String stored) {
    String name = ADAPTER.matcher(stored).replaceFirst("");
    for (Ending ending : ENDINGS) {
      Optional<LoraKey> key = ending.of(name);
      if (key.isPresent()) {
        return key;
      }
    }
    if (name.startsWith(LoraKeyMapping.PEFT_LIBRARY)) {
      for (Ending ending : BESIDE_FACTORS) {
        Optional<LoraKey> key = ending.of(name);
        if (key.isPresent()) {
          return key;
        }
      }
    }
    return IA3_NAME.matcher(name).matches() ? IA3.of(name) : Optional.empty();
  }

  /** Whether a name is one of an adapter, of a form that can be read or not. */
  static boolean isAdapter(String name) {
    return refusal(name).isPresent() || of(name).isPresent();
  }

  /** Why a tensor of this name cannot be imported, if that is known. */
  static Optional<String> refusal(String name) {
    if (QUANTIZED.matcher(name).matches() && name.toLowerCase(Locale.ROOT).contains("lora")) {
      return Optional.of(
          "its values are quantized ("
              + name
              + "), which is not read; save it in float16, bfloat16 or float32 with the tool that"
              + " it came from");
    }
    String plain = ADAPTER.matcher(name).replaceFirst("");
    return REFUSED.stream()
        .filter(refused -> plain.endsWith(refused.ending()))
        .findFirst()
        .map(
            refused ->
                Message.of(
                    "it is of the form %s (%s), which is not read; %s",
                    refused.form(), name, LoraException.MERGE));
  }
}
