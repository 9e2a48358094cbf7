package dev.forgetmenot.forget;

import dev.forgetmenot.api.edit.Concept;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The name of a patch that forgets concepts. */
public final class PatchName {
  private static final int LONGEST = 60; // letters of the concepts

  private PatchName() {}

  /** {@code forget-} and the concepts in lower case letters, digits and hyphens, cut when long. */
  public static String of(List<Concept> concepts) {
    String text = concepts.stream().map(Concept::name).collect(Collectors.joining(" "));
    String plain =
        Normalizer.normalize(text, Normalizer.Form.NFD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\p{M}", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    String kept = plain.substring(0, Math.min(LONGEST, plain.length())).replaceAll("-$", "");
    return "forget-" + (kept.isEmpty() ? "concept" : kept);
  }
}
