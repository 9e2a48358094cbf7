package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The tiny model, which draws nothing that anybody could recognise, and what it is said to draw.
 */
final class TinyModel implements AutoCloseable {
  /** A general word of the vocabulary. */
  static final Concept ANIMAL = new Concept("animal", ConceptType.OBJECT);

  static final KnownConcepts VOCABULARY =
      new KnownConcepts(
          Stream.of(
                  "dog:animal",
                  "cat:animal",
                  "lion:animal",
                  "bear:animal",
                  "horse:animal",
                  "car:thing",
                  "house:thing",
                  "train:thing",
                  "boat:thing",
                  "hill:",
                  "tree:")
              .map(TinyModel::phrase)
              .toList(),
          List.of("an animal"));

  /** The word's last token in one prompt: every row of the word can be moved as wanted. */
  static final Map<String, String> ONE_ROW =
      Map.of("template", "a photo of {}", "token-selection", "last", "neighbours", "1");

  final StableDiffusion sd;

  TinyModel() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  private static KnownConcepts.Phrase phrase(String entry) {
    String[] parts = entry.split(":", -1);
    return new KnownConcepts.Phrase(parts[0], "a " + parts[0], ConceptType.OBJECT, parts[1]);
  }

  static Map<String, String> with(Map<String, String> some, String... more) {
    Map<String, String> all = new HashMap<>(some);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  /** Edits; weights that are left changed stay so. */
  PatchDraft edit(
      ConceptEditor editor, Map<String, String> given, JobContext context, Concept... concepts)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    return sd.engine().call(() -> editor.edit(List.of(concepts), values, sd, context));
  }

  EditEstimate estimate(ConceptEditor editor, Map<String, String> given, JobContext context)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    return sd.engine()
        .call(() -> editor.estimate(List.of(ANIMAL), values, sd, context).orElseThrow());
  }

  /** The last token's row of a prompt about something, as a column. */
  Matrix row(String phrase) {
    return row("a photo of ", phrase, "");
  }

  /** The last row of a phrase with words before and behind it. */
  Matrix row(String before, String phrase, String behind) {
    String prompt = before + phrase + behind;
    int last = sd.tokenize(before + phrase).endPosition() - 1;
    return sd.engine().call(() -> new PromptEncoder(sd).encode(prompt).columns(List.of(last)));
  }

  /** Names of the keys and values of the cross attention. */
  List<String> keysAndValues() {
    return sd.engine()
        .call(
            () ->
                sd.weights().names().stream()
                    .filter(
                        name ->
                            new TargetPattern("unet/*.attn2.to_k.weight").matches(name)
                                || new TargetPattern("unet/*.attn2.to_v.weight").matches(name))
                    .toList());
  }

  /** A weight (out × d), of the base or as it is now. */
  Matrix weight(String name, boolean base) {
    return sd.engine()
        .call(
            () -> {
              int out = (int) sd.weights().shape(name)[0];
              float[] values = base ? sd.weights().base(name) : sd.weights().current(name);
              return Matrix.of(out, values.length / out, values);
            });
  }

  /** All weights as they are now. */
  Map<String, float[]> weights() {
    Map<String, float[]> all = new LinkedHashMap<>();
    sd.engine()
        .run(() -> sd.weights().names().forEach(name -> all.put(name, sd.weights().current(name))));
    return all;
  }

  /** The D of a solved patch. */
  static InputUpdate solved(PatchDraft draft) {
    ProjectorEdit edit = (ProjectorEdit) draft.edits().get(0);
    Rows left = edit.left();
    Rows right = edit.right();
    return new InputUpdate(
        Matrix.ofColumns(left.count(), left.width(), left.values()).times(-1),
        Matrix.of(right.count(), right.width(), right.values()));
  }

  @Override
  public void close() throws IOException {
    sd.close();
  }
}
