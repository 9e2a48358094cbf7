package dev.forgetmenot.host.evaluate;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a model is known to draw: {@code concepts.json} in its folder, or a file that a user
 * names, which is either such a JSON or a plain list with one phrase a line ({@code a lighthouse};
 * {@code sketch:style} for a style, {@code someone:identity} for someone).
 */
public final class VocabularyFile {
  /** The list that serves where a model of a published size says nothing. */
  static final String LIST = "core";

  private static final String FILE = "concepts.json";
  private static final String LISTED = "stable-diffusion-";

  private VocabularyFile() {}

  /**
   * The vocabulary of a model: what {@code concepts.json} beside its other files says, or else the
   * concepts of the list {@link #LIST} for the published sizes of Stable Diffusion, or else
   * nothing.
   *
   * @throws IOException if the file is there but broken
   */
  public static KnownConcepts of(Path model) throws IOException {
    return isBeside(model) ? read(file(model)) : ofArchitecture(architecture(model));
  }

  /** Whether a model has a {@code concepts.json} beside its other files. */
  public static boolean isBeside(Path model) {
    return Files.isRegularFile(file(model));
  }

  private static Path file(Path model) {
    return ModelOnDisk.companions(model).resolve(FILE);
  }

  /** What models of an architecture are known to draw. */
  static KnownConcepts ofArchitecture(String architecture) throws IOException {
    return architecture.startsWith(LISTED) ? Bench.read(LIST).known() : KnownConcepts.EMPTY;
  }

  /** What cannot be opened is said when it is loaded. */
  private static String architecture(Path model) {
    try (ModelOnDisk files = ModelOnDisk.open(model)) {
      return files.base().architecture();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it is missing, broken or empty
   */
  public static KnownConcepts read(Path file) throws IOException {
    String text = TextFile.read(file);
    KnownConcepts vocabulary = text.stripLeading().startsWith("{") ? json(file, text) : list(text);
    if (vocabulary.phrases().isEmpty()) {
      throw new IOException(file + " names nothing: write one phrase a line");
    }
    return vocabulary;
  }

  private static KnownConcepts list(String text) {
    List<Phrase> phrases = new ArrayList<>();
    for (String line : text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
      int colon = line.lastIndexOf(':');
      String phrase = colon < 0 ? line : line.substring(0, colon).strip();
      ConceptType kind =
          colon < 0 ? ConceptType.OBJECT : ConceptType.of(line.substring(colon + 1).strip());
      phrases.add(new Phrase(phrase.replaceFirst("^(an?|the) ", ""), phrase, kind, ""));
    }
    return new KnownConcepts(phrases, List.of());
  }

  private static KnownConcepts json(Path file, String text) throws IOException {
    try {
      List<Phrase> phrases = new ArrayList<>();
      JsonObject root = JsonParser.parseString(text).getAsJsonObject();
      for (JsonElement element : root.getAsJsonArray("concepts")) {
        phrases.add(concept(element.getAsJsonObject()));
      }
      if (root.has("styles")) {
        for (JsonElement element : root.getAsJsonArray("styles")) {
          String name = element.getAsJsonObject().get("name").getAsString();
          phrases.add(new Phrase(name, name, ConceptType.STYLE, ""));
        }
      }
      List<String> general = new ArrayList<>();
      if (root.has("general_words")) {
        for (var entry : root.getAsJsonObject("general_words").entrySet()) {
          general.add(entry.getValue().getAsJsonObject().get("phrase").getAsString());
        }
      }
      return new KnownConcepts(phrases, general);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException e) {
      throw new IOException(
          file + " should hold a list \"concepts\" of objects with a \"phrase\"", e);
    }
  }

  private static Phrase concept(JsonObject json) {
    String phrase = json.get("phrase").getAsString();
    String name = json.has("name") ? json.get("name").getAsString() : phrase;
    String category = json.has("category") ? json.get("category").getAsString() : "";
    ConceptType kind =
        category.equals(ConceptType.IDENTITY.word()) ? ConceptType.IDENTITY : ConceptType.OBJECT;
    return new Phrase(name, phrase, kind, category);
  }
}
