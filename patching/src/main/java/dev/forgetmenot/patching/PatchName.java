package dev.forgetmenot.patching;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** How a patch that edits concepts is called, and how it names them. */
public final class PatchName {
  private static final int LONGEST = 60; // letters of a slug
  private static final int LONGEST_FILE = 120; // bytes; file systems allow 255 with endings
  private static final int NAMED = 3; // concepts in the name of a file

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
   * A name for the file of a patch, such as {@code forget-a-thing.fmnpatch}: the first three
   * concepts, in letters of any script.
   */
  public static String fileName(String operation, List<Concept> concepts) {
    String words =
        hyphenated(
            concepts.stream().limit(NAMED).map(Concept::name).collect(Collectors.joining(" ")),
            "\\p{L}\\p{N}",
            LONGEST_FILE);
    return operation + "-" + (words.isEmpty() ? "concept" : words) + ".fmnpatch";
  }

  /**
   * A name that is not taken yet: itself, or with a number; it is taken then.
   *
   * @param name empty for {@code concept}
   * @param taken names so far
   */
  public static String unique(String name, Set<String> taken) {
    String words = name.isEmpty() ? "concept" : name;
    String free = words;
    for (int i = 2; !taken.add(free); i++) {
      free = words + "-" + i;
    }
    return free;
  }

  /**
   * A text in lower case letters a to z, digits and hyphens, accents taken off; cut when long.
   *
   * @return empty if nothing of it is left
   */
  public static String slug(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    return hyphenated(plain, "a-z0-9", LONGEST);
  }

  /**
   * A text in lower case with one hyphen for each run of other letters than the given ones.
   *
   * @param bytes how many of UTF-8 it has at most
   */
  private static String hyphenated(String text, String letters, int bytes) {
    String words = text.toLowerCase(Locale.ROOT).replaceAll("[^" + letters + "]+", "-");
    words = words.replaceAll("^-", "");
    while (words.getBytes(StandardCharsets.UTF_8).length > bytes) {
      words = words.substring(0, words.offsetByCodePoints(words.length(), -1));
    }
    return words.replaceAll("-$", "");
  }
}
