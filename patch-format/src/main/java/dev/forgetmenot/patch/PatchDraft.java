package dev.forgetmenot.patch;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an editor hands back: a patch before it is bound to its base and written.
 *
 * @param name lower case with hyphens, such as {@code forget-a-thing}
 * @param description a sentence for people
 * @param intent what is forgotten or corrected
 * @param deltas by target: component, slash, canonical parameter name, such as {@code
 *     unet/conv_in.weight}
 * @param recipe enough to run it again
 * @param evidence what was measured before and after; may be empty
 * @param docs further files for people by path, {@code docs/readme.md} or {@code docs/*.png}
 */
public record PatchDraft(
    String name,
    String description,
    Manifest.Intent intent,
    Map<String, Delta> deltas,
    Manifest.Recipe recipe,
    List<Manifest.Evidence> evidence,
    Map<String, byte[]> docs) {

  /** Copies the collections; targets are sorted. */
  public PatchDraft {
    deltas = Collections.unmodifiableMap(new TreeMap<>(deltas));
    evidence = List.copyOf(evidence);
    docs = Collections.unmodifiableMap(new TreeMap<>(docs));
  }
}
