package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can honestly be said of a patch on another base than its own. A patch holds digests of its
 * base and not the values, so that the distance between the two bases is not known; known is which
 * weights are still the base's, where the patch has a digest of each, and how large its change is
 * beside the weights that are here.
 *
 * @param targets full names by the id of the edit
 */
record BaseMismatch(StackedPatch layer, Map<String, List<String>> targets, BaseModel model) {
  /** A line for each block, with a line break before it; nothing at strength 0. */
  String blocks() throws IOException {
    Drift drift = Drift.of(new PatchedWeights(model.tensors(), Map.of(layer, targets)));
    Map<String, int[]> agreeing = agreeing();
    List<String> lines = new ArrayList<>();
    drift
        .blocks()
        .forEach(
            (block, moved) -> {
              int[] counts = agreeing.get(block);
              String line = Message.of("\n  %s: changes %.3g of the weights", block, moved);
              lines.add(
                  counts == null
                      ? line
                      : line + "; " + counts[0] + " of " + counts[1] + " are its base's");
            });
    return String.join("", lines);
  }

  /** By block: how many weights have the digest that the patch knows, and how many it knows. */
  private Map<String, int[]> agreeing() throws IOException {
    Map<String, int[]> agreeing = new TreeMap<>();
    for (Map.Entry<String, Manifest.Component> entry :
        layer.file().manifest().base().components().entrySet()) {
      String component = entry.getKey();
      for (Map.Entry<String, String> leaf : entry.getValue().leaves().entrySet()) {
        int[] counts =
            agreeing.computeIfAbsent(
                BlockNames.of(component + "/" + leaf.getKey()), block -> new int[2]);
        counts[0] +=
            model.tensors().halfLeaf(component, leaf.getKey()).equals(leaf.getValue()) ? 1 : 0;
        counts[1]++;
      }
    }
    return agreeing;
  }
}
