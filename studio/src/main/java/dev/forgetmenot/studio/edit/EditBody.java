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
import dev.forgetmenot.host.edit.Authorship;
import dev.forgetmenot.host.edit.ConceptNames;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.studio.job.RequestFields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is to be forgotten or corrected, as the page asks for it: {@code concepts}, a list of names;
 * {@code type}, what they are, where the vocabulary does not say; {@code method}; {@code settings}
 * of the method, texts by name, lists for lists, and for folders of images lists of ids; {@code
 * anyName}; {@code dryRun}; {@code report}, {@code reportImages} and {@code previews}; and what its
 * author says: {@code authors}, {@code license}, {@code patchVersion}, {@code reason}, {@code
 * requestedBy}, {@code requires}, {@code conflictsWith}, {@code supersedes}. No value is the name
 * of a file of the server.
 *
 * @param json of the request
 */
record EditBody(Operation operation, JsonObject json) {
  private static final int MOST_CONCEPTS = 100;
  private static final int MOST_IMAGES = 1000; // of a report, of one concept

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
        settings(editor, folder),
        folder.resolve(PatchName.fileName(word(), concepts)),
        judging,
        report(),
        false,
        authorship());
  }

  private ReportSize report() {
    if (!fields().flag("report", true)) {
      return ReportSize.NONE;
    }
    OptionalInt images = fields().number("reportImages", 1, MOST_IMAGES);
    ReportSize size = images.isPresent() ? ReportSize.of(images.getAsInt()) : ReportSize.USUAL;
    return size.previews(fields().number("previews", 0, ReportSize.MOST_PREVIEWS).orElse(0));
  }

  private Authorship authorship() {
    Manifest.Stacking stacking =
        new Manifest.Stacking(
            0,
            fields().texts("conflictsWith"),
            fields().texts("requires"),
            fields().texts("supersedes"));
    return new Authorship(
        fields().texts("authors"),
        fields().text("license").orElse(""),
        fields().text("patchVersion").orElse("1.0.0"),
        stacking,
        fields().text("reason"),
        fields().text("requestedBy"));
  }

  String word() {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  boolean dryRun() {
    return fields().flag("dryRun", false);
  }

  /** For people. */
  String title() {
    return word() + " " + String.join(", ", names());
  }

  private RequestFields fields() {
    return new RequestFields(json);
  }

  private ConceptEditor editor(List<ConceptEditor> editors) {
    Optional<String> method = fields().text("method");
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
    List<String> names = fields().texts("concepts");
    if (names.isEmpty() || names.size() > MOST_CONCEPTS) {
      throw new IllegalArgumentException(
          "concepts should be a list of 1 to " + MOST_CONCEPTS + " names");
    }
    return names;
  }

  private List<Concept> concepts(EvaluationSetup judging) {
    ConceptNames known =
        new ConceptNames(
            judging.vocabulary(), judging.complete(), operation, fields().flag("anyName", false));
    Optional<ConceptType> type = fields().text("type").map(ConceptType::of);
    return known.distinct(names().stream().map(name -> known.of(name, type)).toList());
  }

  private Settings settings(ConceptEditor editor, Path folder) {
    Map<String, String> given = new LinkedHashMap<>();
    JsonElement settings = json.get("settings");
    if (settings != null && settings.isJsonObject()) {
      settings
          .getAsJsonObject()
          .entrySet()
          .forEach(one -> given.put(one.getKey(), value(one.getKey(), one.getValue())));
    }
    for (SettingSpec setting : editor.parameters()) {
      if (setting.type() == SettingSpec.Type.PATH && given.remove(setting.name()) != null) {
        given.put(setting.name(), folder.resolve(setting.name()).toString());
      }
      if (setting.type() == SettingSpec.Type.PATH
          && given.keySet().stream()
              .anyMatch(key -> !key.equals(setting.name()) && setting.isNamed(key))) {
        throw new IllegalArgumentException("give images as " + setting.name());
      }
    }
    return Settings.of(editor.parameters(), given);
  }

  /**
   * The images that a request gives for settings that name folders, by setting: ids of images of
   * the server.
   *
   * @throws IllegalArgumentException if such a setting names anything else
   */
  Map<String, List<String>> images(EditSource source) {
    Map<String, List<String>> images = new LinkedHashMap<>();
    JsonElement settings = json.get("settings");
    if (settings == null || !settings.isJsonObject()) {
      return images;
    }
    for (SettingSpec setting : editor(source.editors(operation)).parameters()) {
      JsonElement given = settings.getAsJsonObject().get(setting.name());
      if (setting.type() == SettingSpec.Type.PATH && given != null && !given.isJsonNull()) {
        List<String> ids = new RequestFields(settings.getAsJsonObject()).texts(setting.name());
        if (names().size() > 1) {
          throw new IllegalArgumentException(
              setting.name() + " are images of one concept: name one alone");
        }
        if (ids.isEmpty()) {
          throw new IllegalArgumentException(
              setting.name() + " should be a list of ids of images, not a place of the server");
        }
        images.put(setting.name(), ids);
      }
    }
    return images;
  }

  /** A list is a list of texts, or a text with an entry a line. */
  private static String value(String key, JsonElement value) {
    if (!value.isJsonArray()) {
      return RequestFields.text(key, value);
    }
    List<String> texts = new ArrayList<>();
    value.getAsJsonArray().forEach(entry -> texts.add(RequestFields.text(key, entry)));
    return Settings.joined(texts);
  }
}
