package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The concepts that a user names. Where a complete vocabulary is there, a name that it does not
 * list is questioned before any work is done.
 *
 * @param vocabulary what the model is known to draw; may be empty
 * @param complete whether it says all that the model is known to draw; else other names are taken
 * @param operation what is done with them: what is corrected is a general word, which many
 *     vocabularies do not list
 * @param any whether names that it does not list are taken as they are
 */
public record ConceptNames(
    KnownConcepts vocabulary, boolean complete, Operation operation, boolean any) {
  /** The option that takes a name as it is. */
  public static final String ANY = "--any-name";

  private static final String EITHER = ANY + " (any-name: true in a run file)";

  /**
   * The concepts of names, each once.
   *
   * @param names each may be {@code @FILE}, a text file with one name a line; lines that begin with
   *     {@code #} say something for people
   * @param kind of all of them; empty for what the vocabulary says
   * @throws IllegalArgumentException if a name is not known; the message names near ones
   * @throws IOException if a file cannot be read
   */
  public List<Concept> of(List<String> names, Optional<ConceptType> kind) throws IOException {
    return distinct(expanded(names).stream().map(name -> of(name, kind)).toList());
  }

  /**
   * Names, and those of the files among them; see {@link #of(List, Optional)}.
   *
   * @throws IOException if a file cannot be read
   */
  public static List<String> expanded(List<String> names) throws IOException {
    List<String> all = new ArrayList<>();
    for (String name : names) {
      all.addAll(name.startsWith("@") ? listed(Path.of(name.substring(1))) : List.of(name));
    }
    return all;
  }

  private static List<String> listed(Path file) throws IOException {
    List<String> names =
        TextFile.lines(file).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    if (names.isEmpty()) {
      throw new IllegalArgumentException(file + " names no concept; write one a line");
    }
    return names;
  }

  /**
   * The concept of a name.
   *
   * @param kind empty for what the vocabulary says
   * @throws IllegalArgumentException if the name is not known; the message names near ones
   */
  public Concept of(String given, Optional<ConceptType> kind) {
    String name = known(given.strip());
    return new Concept(name, kind.orElseGet(() -> vocabulary.kindOf(name)));
  }

  /** The concepts without those that the vocabulary takes for the same as an earlier one. */
  public List<Concept> distinct(List<Concept> concepts) {
    Set<String> seen = new HashSet<>();
    return concepts.stream().filter(concept -> seen.add(phrase(concept.name()))).toList();
  }

  private String phrase(String name) {
    return vocabulary
        .find(name)
        .map(KnownConcepts.Phrase::phrase)
        .orElse(name)
        .toLowerCase(Locale.ROOT);
  }

  /** The name, or the same with spaces where that is what the vocabulary lists. */
  private String known(String name) {
    if (lists(name) || any) {
      return name;
    }
    String spaced = name.replaceAll("[_-]+", " ");
    if (lists(spaced)) {
      return spaced;
    }
    if (name.contains(",")) {
      throw new IllegalArgumentException(
          Message.of(
              "'%s' is one name: several concepts are several arguments, such as %s; %s takes it as"
                  + " it is",
              name,
              String.join(" ", Stream.of(name.split(",")).map(ConceptNames::quoted).toList()),
              EITHER));
    }
    if (complete && listed()) {
      throw new IllegalArgumentException(
          Message.of(
              "the vocabulary of the model does not list '%s'; did you mean %s? %s takes a name as"
                  + " it is, and what becomes of it is then not measured",
              name, String.join(", ", near(name)), EITHER));
    }
    return name;
  }

  /** Whether the vocabulary lists names of this kind at all. */
  private boolean listed() {
    return operation == Operation.CORRECT
        ? !vocabulary.generalWords().isEmpty()
        : !vocabulary.phrases().isEmpty();
  }

  private boolean lists(String name) {
    return vocabulary.find(name).isPresent()
        || vocabulary.generalWords().stream()
            .anyMatch(word -> withoutArticle(word).equalsIgnoreCase(withoutArticle(name)));
  }

  private static String withoutArticle(String phrase) {
    return phrase.strip().replaceFirst("(?i)^(an?|the) ", "");
  }

  private static String quoted(String name) {
    String word = name.strip();
    return word.contains(" ") ? "\"" + word + "\"" : word;
  }

  /** Names that occur in the text, or else those that are spelled most alike. */
  private List<String> near(String text) {
    String padded = " " + text.toLowerCase(Locale.ROOT) + " ";
    List<String> names = vocabulary.phrases().stream().map(KnownConcepts.Phrase::name).toList();
    List<String> inside =
        names.stream()
            .filter(name -> padded.contains(" " + name.toLowerCase(Locale.ROOT) + " "))
            .toList();
    return inside.isEmpty() ? Suggestions.of(text.toLowerCase(Locale.ROOT), names) : inside;
  }
}
