package dev.forgetmenot.studio.edit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.edit.ConceptNames;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be forgotten or corrected, as the page asks for it: {@code concepts}, a list of names;
 * {@code type}, what they are, where the vocabulary does not say; {@code method}; {@code settings}
 * of the method, texts by name; {@code anyName}; {@code dryRun}; {@code report}. No value is the
 * name of a file of the server.
 *
 * @param json of the request
 */
record EditBody(Operation operation, JsonObject json) {
  private static final int MOST_CONCEPTS = 100;

  /**
   * The order of a body.
   *
   * @param folder in which the patch is made
   * @throws IllegalArgumentException naming what does not fit and what was expected
   */
  EditRequest order(EditSource source, EvaluationSetup judging, Path folder) throws IOException {
    ConceptEditor editor = editor(source.editors(operation));
    List<Concept> concepts = concepts(judging);
    return new EditRequest(
        editor,
        concepts,
        settings(editor),
        folder.resolve(PatchName.fileName(word(), concepts)),
        judging,
        flag("report", true) ? ReportSize.USUAL : ReportSize.NONE,
        false);
  }

  String word() {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  boolean dryRun() {
    return flag("dryRun", false);
  }

  /** For people. */
  String title() {
    return word() + " " + String.join(", ", names());
  }

  private boolean flag(String key, boolean otherwise) {
    return text(key).map("true"::equals).orElse(otherwise);
  }

  private Optional<String> text(String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull()
        ? Optional.empty()
        : Optional.of(text(key, value)).filter(text -> !text.isBlank());
  }

  private static String text(String key, JsonElement value) {
    if (!value.isJsonPrimitive()) {
      throw new IllegalArgumentException(key + " should be a text");
    }
    return value.getAsString();
  }

  private ConceptEditor editor(List<ConceptEditor> editors) {
    Optional<String> method = text("method");
    return editors.stream()
        .filter(editor -> method.isEmpty() || editor.isNamed(method.get()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Message.of(
                        "no method is named '%s'; known: %s",
                        method.orElse(""), editors.stream().map(ConceptEditor::name).toList())));
  }

  private List<String> names() {
    JsonElement given = json.get("concepts");
    List<String> names = new ArrayList<>();
    if (given != null && given.isJsonArray()) {
      for (JsonElement name : given.getAsJsonArray()) {
        String text = text("concepts", name).strip();
        if (!text.isEmpty()) {
          names.add(text);
        }
      }
    }
    if (names.isEmpty() || names.size() > MOST_CONCEPTS) {
      throw new IllegalArgumentException(
          "concepts should be a list of 1 to " + MOST_CONCEPTS + " names");
    }
    return names;
  }

  private List<Concept> concepts(EvaluationSetup judging) {
    ConceptNames known =
        new ConceptNames(
            judging.vocabulary(), judging.complete(), operation, flag("anyName", false));
    Optional<ConceptType> type = text("type").map(ConceptType::of);
    return known.distinct(names().stream().map(name -> known.of(name, type)).toList());
  }

  private Settings settings(ConceptEditor editor) {
    Map<String, String> given = new LinkedHashMap<>();
    JsonElement settings = json.get("settings");
    if (settings != null && settings.isJsonObject()) {
      settings
          .getAsJsonObject()
          .entrySet()
          .forEach(one -> given.put(one.getKey(), value(one.getKey(), one.getValue())));
    }
    for (SettingSpec setting : editor.parameters()) {
      if (setting.type() == SettingSpec.Type.PATH
          && given.keySet().stream().anyMatch(setting::isNamed)) {
        throw new IllegalArgumentException(
            setting.name() + " names a file of the server: only the command line may do that");
      }
    }
    return Settings.of(editor.parameters(), given);
  }

  /** A list is a list of texts, or a text with an entry a line. */
  private static String value(String key, JsonElement value) {
    if (!value.isJsonArray()) {
      return text(key, value);
    }
    List<String> texts = new ArrayList<>();
    value.getAsJsonArray().forEach(entry -> texts.add(text(key, entry)));
    return Settings.joined(texts);
  }
}
