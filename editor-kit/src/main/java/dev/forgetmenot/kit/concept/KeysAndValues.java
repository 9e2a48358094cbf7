package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.edit.EditOutline;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import java.util.LinkedHashMap;
import java.util.Map;

/** What reads the prompt: the projections to keys and values of all cross-attention layers. */
public final class KeysAndValues {
  private KeysAndValues() {}

  /**
   * The outline of an edit that changes what reads the prompt, by little.
   *
   * @param batch images that one training step looks at together, 0 for a solution
   * @param checkpointed whether such a step computes activations again
   */
  public static EditOutline outline(DiffusionModel model, int batch, boolean checkpointed) {
    Map<String, LowRank> nothing = new LinkedHashMap<>();
    for (AttentionLayer site : model.attentionSites()) {
      if (site.cross()) {
        for (String projection : new String[] {"to_k", "to_v"}) {
          String name = "unet/" + site.name() + "." + projection + ".weight";
          long[] shape = model.weights().shape(name);
          float[] down = new float[Math.toIntExact(shape[1])];
          nothing.put(name, new LowRank(shape, 1, 1, down, new float[Math.toIntExact(shape[0])]));
        }
      }
    }
    return new EditOutline(new LowRankEdit(nothing), 0, false, batch, checkpointed);
  }
}
