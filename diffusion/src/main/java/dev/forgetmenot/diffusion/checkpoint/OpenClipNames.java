package dev.forgetmenot.diffusion.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of OpenCLIP's text tower, which keeps the projections of queries, keys and values in
 * one tensor, one below the other.
 */
final class OpenClipNames {
  private static final Pattern LAYER =
      Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");
  private static final List<String> FUSED =
      List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
  private static final Map<String, String> LAYERS =
      Map.of(
          "layer_norm1", "ln_1",
          "layer_norm2", "ln_2",
          "mlp.fc1", "mlp.c_fc",
          "mlp.fc2", "mlp.c_proj",
          "self_attn.out_proj", "attn.out_proj");
  private static final Map<String, String> REST =
      Map.of(
          "text_model.embeddings.token_embedding.weight", "token_embedding.weight",
          "text_model.embeddings.position_embedding.weight", "positional_embedding",
          "text_model.final_layer_norm.weight", "ln_final.weight",
          "text_model.final_layer_norm.bias", "ln_final.bias");

  /** A matrix that states are multiplied by from the left. */
  static final String PROJECTION = "text_projection";

  private OpenClipNames() {}

  static LdmTensor original(String prefix, String canonical) {
    Matcher matcher = LAYER.matcher(canonical);
    if (canonical.equals("text_projection.weight")) {
      return LdmTensor.transpose(prefix + PROJECTION);
    }
    if (!matcher.matches()) {
      String rest = REST.get(canonical);
      if (rest == null) {
        throw new IllegalStateException("no rule for " + canonical);
      }
      return LdmTensor.whole(prefix + rest);
    }
    String block = prefix + "transformer.resblocks." + matcher.group(1) + ".";
    int fused = FUSED.indexOf(matcher.group(2));
    return fused >= 0
        ? LdmTensor.part(block + "attn.in_proj_" + matcher.group(3), fused, FUSED.size())
        : LdmTensor.whole(block + LAYERS.get(matcher.group(2)) + "." + matcher.group(3));
  }
}
