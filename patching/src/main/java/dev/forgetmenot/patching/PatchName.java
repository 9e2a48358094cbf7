package dev.forgetmenot.patching;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a patch that edits concepts is called, and how it speaks of them. */
public final class PatchName {
  private static final int LONGEST = 60; // letters of a slug

  private PatchName() {}

  /** A sentence for people: what an editor did to which concepts. */
  public static String description(ConceptEditor editor, List<Concept> concepts) {
    String verb = editor.operation() == Operation.FORGET ? "Forgets" : "Corrects";
    return concepts.stream()
        .map(concept -> "'" + concept.name() + "'")
        .collect(Collectors.joining(", ", verb + " ", " by the method " + editor.name() + "."));
  }

  /** What is done, as manifests say it: {@code forget} or {@code correct}. */
  public static String word(Operation operation) {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The operation and the concepts in lower case letters, digits and hyphens, such as {@code
   * forget-a-thing}; cut when long.
   */
  public static String of(Operation operation, List<Concept> concepts) {
    String text = concepts.stream().map(Concept::name).collect(Collectors.joining(" "));
    String kept = slug(text);
    return word(operation) + "-" + (kept.isEmpty() ? "concept" : kept);
  }

  /**
   * A text in lower case letters a to z, digits and hyphens, accents taken off; cut when long.
   *
   * @return empty if nothing of it is left
   */
  public static String slug(String text) {
    String plain =
        Normalizer.normalize(text, Normalizer.Form.NFD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\p{M}", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return plain.substring(0, Math.min(LONGEST, plain.length())).replaceAll("-$", "");
  }
}
