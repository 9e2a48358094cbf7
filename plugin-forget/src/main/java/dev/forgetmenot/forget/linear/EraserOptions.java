package dev.forgetmenot.forget.linear;

import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.editing.PromptTemplate;
import dev.forgetmenot.editing.TextPlaces;
import dev.forgetmenot.patch.Sides;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What all solved erasers can be told, and what they were told. */
record EraserOptions(ParameterValues values) {
  private static final List<PromptTemplate> THINGS =
      templates("a photo of {}|a picture of {}|an image of {}|{}");
  private static final List<PromptTemplate> STYLES =
      templates(
          "a photo in the style of {}|a picture in the style of {}"
              + "|an image in the style of {}|{} style");

  /** Which columns, the given one being the default. */
  static Parameter columns(TextPlaces otherwise) {
    return Parameter.choice(
        "columns",
        first(otherwise.word(), Arrays.stream(TextPlaces.values()).map(TextPlaces::word).toList()),
        "Which rows of a prompt stand for a concept: its last token, all its tokens, these and the"
            + " end of the text, or these and padding.");
  }

  static Parameter padding() {
    return Parameter.integer(
        "padding", 4, 1, 75, "How many rows of padding, where the columns take some.");
  }

  static Parameter templates() {
    return Parameter.text(
        "templates",
        Parameter.Type.TEXT,
        null,
        "Prompts with {} where a concept goes, separated by |, instead of those for its kind.");
  }

  /** Which projections, the given ones being the default. */
  static Parameter sides(Sides otherwise) {
    return Parameter.choice(
        "sides",
        first(otherwise.word(), Arrays.stream(Sides.values()).map(Sides::word).toList()),
        "What is edited of the cross attention: keys, values or both.");
  }

  static Parameter guide() {
    return Parameter.text(
        "guide",
        Parameter.Type.TEXT,
        null,
        "What concepts become, in words: one for each, separated by |, or one for all; nothing is"
            + " the empty prompt. Without it nothing, for styles \"art\".");
  }

  /** Phrases to keep; {@code otherwise} says what is kept when none are given. */
  static Parameter preserve(String otherwise) {
    return Parameter.text(
        "preserve",
        Parameter.Type.TEXT,
        null,
        "Phrases to keep, separated by |, or a .txt file with one a line. Without it "
            + otherwise
            + ".");
  }

  static Parameter neighbours(int otherwise) {
    return Parameter.integer(
        "neighbours",
        otherwise,
        0,
        10_000,
        "How many of the vocabulary's nearest phrases are kept when none are given.");
  }

  static Parameter generalWords() {
    return Parameter.integer(
        "general-words", 5, 0, 1000, "How many general words are kept when none are given.");
  }

  private static List<String> first(String word, List<String> all) {
    List<String> sorted = new ArrayList<>(List.of(word));
    all.stream().filter(other -> !other.equals(word)).forEach(sorted::add);
    return sorted;
  }

  TextPlaces places() {
    return TextPlaces.of(values.text("columns"));
  }

  int paddingRows() {
    return values.find("padding").map(Integer::parseInt).orElse(0);
  }

  Sides sides() {
    return Sides.of(values.text("sides")).orElseThrow();
  }

  /** The given templates, or the one for a kind. */
  List<PromptTemplate> templatesOrOne(Kind kind) {
    return given().orElseGet(() -> List.of(PromptTemplate.of(kind)));
  }

  /** The given templates, or four for a kind. */
  List<PromptTemplate> templatesOrFour(Kind kind) {
    return given().orElseGet(() -> kind == Kind.STYLE ? STYLES : THINGS);
  }

  private Optional<List<PromptTemplate>> given() {
    return values.find("templates").map(EraserOptions::templates);
  }

  private static List<PromptTemplate> templates(String text) {
    return Arrays.stream(text.split("\\|")).map(String::strip).map(PromptTemplate::new).toList();
  }

  /** The given phrases to keep. */
  Optional<List<String>> preserved() throws IOException {
    Optional<String> given = values.find("preserve");
    return given.isEmpty()
        ? Optional.empty()
        : Optional.of(PhraseList.read("preserve", given.get()));
  }

  int integer(String name) {
    return Math.toIntExact(values.integer(name));
  }

  double number(String name) {
    return values.number(name);
  }
}
