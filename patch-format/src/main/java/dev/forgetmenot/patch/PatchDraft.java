package dev.forgetmenot.patch;

import dev.forgetmenot.patch.edit.PatchEdit;
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
 * @param edits what is changed, at least one edit
 * @param recipe enough to run it again
 * @param evidence what was measured before and after; may be empty
 * @param docs further files for people by path, {@code docs/readme.md} or {@code docs/*.png}
 * @param publication what its author says beside that
 */
public record PatchDraft(
    String name,
    String description,
    Manifest.Intent intent,
    List<PatchEdit> edits,
    Manifest.Recipe recipe,
    List<Manifest.Evidence> evidence,
    Map<String, byte[]> docs,
    PatchMetadata publication) {

  /** Copies the collections; documents are sorted. */
  public PatchDraft {
    if (edits.isEmpty()) {
      throw new IllegalArgumentException("the draft changes nothing: there is no patch to write");
    }
    edits = List.copyOf(edits);
    evidence = List.copyOf(evidence);
    docs = Collections.unmodifiableMap(new TreeMap<>(docs));
  }

  /** With nothing said beside. */
  public PatchDraft(
      String name,
      String description,
      Manifest.Intent intent,
      List<PatchEdit> edits,
      Manifest.Recipe recipe,
      List<Manifest.Evidence> evidence,
      Map<String, byte[]> docs) {
    this(name, description, intent, edits, recipe, evidence, docs, PatchMetadata.DEFAULT);
  }

  /** The same with another recipe. */
  public PatchDraft recipe(Manifest.Recipe other) {
    return new PatchDraft(name, description, intent, edits, other, evidence, docs, publication);
  }

  /** The same with what its author says. */
  public PatchDraft publication(PatchMetadata said) {
    return new PatchDraft(name, description, intent, edits, recipe, evidence, docs, said);
  }
}
