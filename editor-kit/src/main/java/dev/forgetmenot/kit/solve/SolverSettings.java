package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patch.edit.TextProjections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What solved editors can be told, and what they were told. An editor declares those that it asks
 * for; the others have no value.
 *
 * @param values what was told
 */
public record SolverSettings(Settings values) {
  private static final List<PromptTemplate> THINGS =
      templates("a photo of {}|an image of {}|an image of {}|{}");
  private static final List<PromptTemplate> STYLES =
      templates(
          "a photo in the style of {}|an image in the style of {}"
              + "|an image in the style of {}|{} style");

  /** Which columns, the given one being the default. */
  public static SettingSpec columns(TokenSelection otherwise) {
    return SettingSpec.choice(
        "columns",
        first(
            otherwise.word(),
            Arrays.stream(TokenSelection.values()).map(TokenSelection::word).toList()),
        "Which rows of a prompt stand for a concept: its last token, all its tokens, these and the"
            + " end of the text, or these and padding.");
  }

  /** How many rows of padding. */
  public static SettingSpec padding() {
    return SettingSpec.integer(
        "padding", 4, 1, 75, "How many rows of padding, where the columns take some.");
  }

  /** Prompts that say a concept. */
  public static SettingSpec templates() {
    return SettingSpec.text(
        "templates",
        SettingSpec.Type.TEXT,
        null,
        "Prompts with {} where a concept goes, separated by |, instead of those for its kind.");
  }

  /** Which projections, the given ones being the default. */
  public static SettingSpec sides(TextProjections otherwise) {
    return SettingSpec.choice(
        "sides",
        first(
            otherwise.word(),
            Arrays.stream(TextProjections.values()).map(TextProjections::word).toList()),
        "What is edited of the cross attention: keys, values or both.");
  }

  /** What concepts become; see {@link SolveInput#guides}. */
  public static SettingSpec guide() {
    return SettingSpec.text(
        "guide",
        SettingSpec.Type.TEXT,
        null,
        "What concepts become, in words: one for each, separated by |, or one for all; nothing is"
            + " the empty prompt. Without it nothing, for styles \"art\".");
  }

  /** Phrases to keep; {@code otherwise} says what is kept when none are given. */
  public static SettingSpec preserve(String otherwise) {
    return SettingSpec.text(
        "preserve",
        SettingSpec.Type.TEXT,
        null,
        "Phrases to keep, separated by |, or a .txt file with one a line. Without it "
            + otherwise
            + ".");
  }

  /** How many near phrases are kept; see {@link SolveInput#preserved}. */
  public static SettingSpec neighbours(int otherwise) {
    return SettingSpec.integer(
        "neighbours",
        otherwise,
        0,
        10_000,
        "How many of the vocabulary's nearest phrases are kept when none are given.");
  }

  /** How many general words are kept; see {@link SolveInput#generalWords}. */
  public static SettingSpec generalWords() {
    return SettingSpec.integer(
        "general-words", 5, 0, 1000, "How many general words are kept when none are given.");
  }

  private static List<String> first(String word, List<String> all) {
    List<String> sorted = new ArrayList<>(List.of(word));
    all.stream().filter(other -> !other.equals(word)).forEach(sorted::add);
    return sorted;
  }

  /** Which rows of a prompt stand for a concept. */
  public TokenSelection places() {
    return TokenSelection.of(values.text("columns"));
  }

  /** How many rows of padding, 0 where it is not declared. */
  public int paddingRows() {
    return values.find("padding").map(Integer::parseInt).orElse(0);
  }

  /** What is edited of the cross attention. */
  public TextProjections sides() {
    return TextProjections.of(values.text("sides")).orElseThrow();
  }

  /** The given templates, or the one for a kind. */
  public List<PromptTemplate> templatesOrOne(ConceptType kind) {
    return given().orElseGet(() -> List.of(PromptTemplate.of(kind)));
  }

  /** The given templates, or four for a kind. */
  public List<PromptTemplate> templatesOrFour(ConceptType kind) {
    return given().orElseGet(() -> kind == ConceptType.STYLE ? STYLES : THINGS);
  }

  private Optional<List<PromptTemplate>> given() {
    return values.find("templates").map(SolverSettings::templates);
  }

  private static List<PromptTemplate> templates(String text) {
    return Arrays.stream(text.split("\\|")).map(String::strip).map(PromptTemplate::new).toList();
  }

  /**
   * The given phrases to keep.
   *
   * @throws IOException if a file of phrases cannot be read
   */
  public Optional<List<String>> preserved() throws IOException {
    Optional<String> given = values.find("preserve");
    return given.isEmpty()
        ? Optional.empty()
        : Optional.of(PhraseList.read("preserve", given.get()));
  }

  /** A declared whole number. */
  public int integer(String name) {
    return Math.toIntExact(values.integer(name));
  }

  /** A declared number. */
  public double number(String name) {
    return values.number(name);
  }
}
