package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patch.edit.TextProjections;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Settings shared by the closed-form editors. An editor declares those that it uses; the others
 * have no value.
 *
 * @param values the given values
 */
public record SolverSettings(Settings values) {
  private static final String GENERAL_TEXT = "general-text";
  private static final String PROMPTS = "prompts";
  private static final List<PromptTemplate> THINGS =
      templates(List.of("a photo of {}", "an image of {}", "an image of {}", "{}"));
  private static final List<PromptTemplate> STYLES =
      templates(
          List.of(
              "a photo in the style of {}",
              "an image in the style of {}",
              "an image in the style of {}",
              "{} style"));

  /** Which tokens, the given selection being the default. */
  public static SettingSpec tokenSelection(TokenSelection otherwise) {
    return SettingSpec.choice(
            "token-selection",
            first(
                otherwise.word(),
                Arrays.stream(TokenSelection.values()).map(TokenSelection::word).toList()),
            "Which rows of a prompt stand for a concept: its last token, all its tokens, these and"
                + " the end of the text, or these and padding.")
        .formerly("columns");
  }

  /** How many rows of padding. */
  public static SettingSpec padding() {
    return SettingSpec.integer(
        "padding", 4, 1, 75, "How many rows of padding, where the token selection takes some.");
  }

  /** Prompts that name a concept. */
  public static SettingSpec template() {
    return SettingSpec.list(
            "template", "A prompt with {} where a concept goes, instead of those for its kind.")
        .formerly("templates")
        .formerlySplitAt("|");
  }

  /** Which projections, the given ones being the default. */
  public static SettingSpec projections(TextProjections otherwise) {
    return SettingSpec.choice(
            "projections",
            first(
                otherwise.word(),
                Arrays.stream(TextProjections.values()).map(TextProjections::word).toList()),
            "What is edited of the cross attention: keys (to_k), values (to_v) or both.")
        .formerly("sides");
  }

  /** What concepts become; see {@link SolveInput#guides}. */
  public static SettingSpec guide() {
    return SettingSpec.list(
            "guide",
            "What concepts become, in words: one for each, or one for all; \"\" is the empty"
                + " prompt. Without it the empty prompt, for styles \"art\".")
        .formerlySplitAt("|");
  }

  /** Phrases to keep; {@code otherwise} says what is kept when none are given. */
  public static SettingSpec preserve(String otherwise) {
    return SettingSpec.list("preserve", "A phrase to keep. Without it " + otherwise + ".")
        .formerlySplitAt("|");
  }

  /** What general text is. */
  public static SettingSpec generalText() {
    return SettingSpec.choice(
        GENERAL_TEXT,
        List.of("names", PROMPTS),
        "What general text is, which is changed least: a prompt for each known thing, or also"
            + " prompts with backgrounds and with two things.");
  }

  /** Whether general text has prompts of several parts. */
  public boolean generalPrompts() {
    return values.find(GENERAL_TEXT).filter(PROMPTS::equals).isPresent();
  }

  /** Phrases that are kept beside the nearest. */
  public static SettingSpec keep() {
    return SettingSpec.list("keep", "A phrase to keep beside the nearest.");
  }

  /** Near phrases that are not kept. */
  public static SettingSpec mayChange() {
    return SettingSpec.list(
        "may-change", "A phrase that need not stay, though it stands near the concept.");
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

  /**
   * What {@link SolveInput#reading} takes.
   *
   * @param neighbours how many near phrases are kept
   */
  public static List<SettingSpec> reading(int neighbours) {
    List<SettingSpec> reading = new ArrayList<>();
    reading.add(preserve("the nearest of the vocabulary are"));
    reading.add(neighbours(neighbours));
    reading.addAll(holding());
    return List.copyOf(reading);
  }

  /** How exactly what is kept stays; see {@link SolveInput#held}. */
  public static List<SettingSpec> holding() {
    return List.of(
        SettingSpec.integer(
            "kept-directions", 2, 1, 64, "Directions of each kept phrase that must not move."),
        SettingSpec.integer(
            "empty-directions", 4, 0, 64, "Directions of the empty prompt that must not move."),
        SettingSpec.number(
            "ridge", 1e-3, 1e-9, 1e3, "Regularises what general text looks like, by its mean."));
  }

  /** How many general words are kept; see {@link SolveInput#generalWords}. */
  public static SettingSpec generalWords() {
    return generalWords(5);
  }

  /** The same with another default. */
  public static SettingSpec generalWords(int otherwise) {
    return SettingSpec.integer(
        "general-words",
        otherwise,
        0,
        1000,
        "How many general words are kept when none are given.");
  }

  private static List<String> first(String word, List<String> all) {
    List<String> sorted = new ArrayList<>(List.of(word));
    all.stream().filter(other -> !other.equals(word)).forEach(sorted::add);
    return sorted;
  }

  /** Which rows of a prompt stand for a concept. */
  public TokenSelection places() {
    return TokenSelection.of(values.text("token-selection"));
  }

  /** How many rows of padding, 0 where it is not declared. */
  public int paddingRows() {
    return values.find("padding").map(Integer::parseInt).orElse(0);
  }

  /** What is edited of the cross attention. */
  public TextProjections projections() {
    return TextProjections.of(values.text("projections")).orElseThrow();
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
    return values.find("template").map(text -> templates(values.list("template")));
  }

  private static List<PromptTemplate> templates(List<String> texts) {
    return texts.stream().map(PromptTemplate::new).toList();
  }

  /** The given phrases to keep. */
  public Optional<List<String>> preserved() {
    return values.find("preserve").map(text -> PhraseList.of("preserve", values));
  }

  /** The phrases of a declared list, none where it is not given. */
  public List<String> phrases(String name) {
    return values.find(name).map(text -> PhraseList.of(name, values)).orElse(List.of());
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
