package dev.forgetmenot.editing.lora;

import java.util.List;
import java.util.Optional;

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
  }

  /** How names end in forms that are no difference of weights, and what the form is called. */
  private record Refused(String ending, String form, String remedy) {}

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending(".lora_down.weight", LoraRole.DOWN),
          new Ending(".lora_up.weight", LoraRole.UP),
          new Ending(".lora_mid.weight", LoraRole.MID),
          new Ending(".lora_A.weight", LoraRole.DOWN),
          new Ending(".lora_B.weight", LoraRole.UP),
          new Ending(".lora_A.default.weight", LoraRole.DOWN),
          new Ending(".lora_B.default.weight", LoraRole.UP),
          new Ending(".lora_A.default_0.weight", LoraRole.DOWN),
          new Ending(".lora_B.default_0.weight", LoraRole.UP),
          new Ending(".lora.down.weight", LoraRole.DOWN),
          new Ending(".lora.up.weight", LoraRole.UP),
          new Ending(".lora.alpha", LoraRole.ALPHA),
          new Ending(".lora_linear_layer.down.weight", LoraRole.DOWN),
          new Ending(".lora_linear_layer.up.weight", LoraRole.UP),
          new Ending(".lora_linear_layer.alpha", LoraRole.ALPHA),
          new Ending("_lora.down.weight", "_lora", LoraRole.DOWN),
          new Ending("_lora.up.weight", "_lora", LoraRole.UP),
          new Ending(".alpha", LoraRole.ALPHA),
          new Ending(".diff", LoraRole.WEIGHT_CHANGE),
          new Ending(".w_norm", LoraRole.WEIGHT_CHANGE),
          new Ending(".diff_b", LoraRole.BIAS_CHANGE),
          new Ending(".b_norm", LoraRole.BIAS_CHANGE),
          new Ending(".set_weight", LoraRole.NEW_WEIGHT));

  private static final String MERGE =
      "merge it into its base with the tool that it came from, then make a patch of the two by fmn"
          + " patch diff";

  private static final List<Refused> REFUSED =
      List.of(
          new Refused(".dora_scale", "DoRA", MERGE),
          new Refused(".lora_magnitude_vector", "DoRA", MERGE),
          new Refused(".lora_magnitude_vector.weight", "DoRA", MERGE),
          new Refused(".hada_w1_a", "LoHa", MERGE),
          new Refused(".hada_w1_b", "LoHa", MERGE),
          new Refused(".hada_w2_a", "LoHa", MERGE),
          new Refused(".hada_w2_b", "LoHa", MERGE),
          new Refused(".hada_t1", "LoHa", MERGE),
          new Refused(".hada_t2", "LoHa", MERGE),
          new Refused(".lokr_w1", "LoKr", MERGE),
          new Refused(".lokr_w1_a", "LoKr", MERGE),
          new Refused(".lokr_w1_b", "LoKr", MERGE),
          new Refused(".lokr_w2", "LoKr", MERGE),
          new Refused(".lokr_w2_a", "LoKr", MERGE),
          new Refused(".lokr_w2_b", "LoKr", MERGE),
          new Refused(".lokr_t2", "LoKr", MERGE),
          new Refused(".a1.weight", "GLoRA", MERGE),
          new Refused(".a2.weight", "GLoRA", MERGE),
          new Refused(".b1.weight", "GLoRA", MERGE),
          new Refused(".b2.weight", "GLoRA", MERGE),
          new Refused(".bm.weight", "GLoRA", MERGE),
          new Refused(".on_input", "(IA)³", MERGE),
          new Refused(".oft_blocks", "OFT", MERGE),
          new Refused(".oft_diag", "OFT", MERGE),
          new Refused(".oft_R.weight", "OFT", MERGE),
          new Refused(".lora_embedding_A", "LoRA of an embedding table", MERGE),
          new Refused(".lora_embedding_B", "LoRA of an embedding table", MERGE),
          new Refused(".lora_B.bias", "LoRA with biases of its own", MERGE),
          new Refused(".lora_up.bias", "LoRA with biases of its own", MERGE));

  private static final List<String> SDXL =
      List.of("lora_te1_", "lora_te2_", "text_encoder_2.", "base_model.model.text_encoder_2.");

  /** Takes a name apart; empty if it ends in no known way. */
  static Optional<LoraKey> of(String name) {
    for (Ending ending : ENDINGS) {
      if (name.endsWith(ending.text()) && name.length() > ending.text().length()) {
        String stem = name.substring(0, name.length() - ending.text().length()) + ending.kept();
        return Optional.of(new LoraKey(stem, ending.role()));
      }
    }
    return Optional.empty();
  }

  /** Whether a name is one of an adapter, of a form that can be read or not. */
  static boolean isAdapter(String name) {
    return of(name).isPresent() || refusal(name).isPresent();
  }

  /** Why a tensor of this name cannot be taken over, if that is known. */
  static Optional<String> refusal(String name) {
    for (String prefix : SDXL) {
      if (name.startsWith(prefix)) {
        return Optional.of("it was made for SDXL (" + name + "); take one for SD 1.x or 2.x");
      }
    }
    return REFUSED.stream()
        .filter(refused -> name.endsWith(refused.ending()))
        .findFirst()
        .map(
            refused ->
                "it is of the form "
                    + refused.form()
                    + " ("
                    + name
                    + "), which is not read; "
                    + refused.remedy());
  }
}
