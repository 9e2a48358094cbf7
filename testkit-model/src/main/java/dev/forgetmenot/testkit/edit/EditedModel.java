package dev.forgetmenot.testkit.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The embedded model with a short vocabulary, for editors. Of one thread at a time. */
public final class EditedModel implements AutoCloseable {
  /** 19 phrases of all types, and five general words. */
  public static final KnownConcepts VOCABULARY =
      new KnownConcepts(
          lines("vocabulary.txt").stream().map(EditedModel::phrase).toList(), lines("general.txt"));

  private final StableDiffusion model;
  private final List<String> said = new ArrayList<>();

  /** Loads it; {@link #close} unloads it. */
  public EditedModel() throws IOException {
    model = StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults());
  }

  private static List<String> lines(String resource) {
    try (InputStream in = EditedModel.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new IllegalStateException(resource + " cannot be read", e);
    }
  }

  private static KnownConcepts.Phrase phrase(String entry) {
    String phrase = entry.substring(0, entry.indexOf(':'));
    return new KnownConcepts.Phrase(
        phrase.replaceFirst("^an? ", ""),
        phrase,
        ConceptType.of(entry.substring(entry.indexOf(':') + 1)),
        "");
  }

  /** The model. */
  public StableDiffusion model() {
    return model;
  }

  /**
   * Computes on the engine thread with other weights.
   *
   * @param weights by name, put on for as long
   */
  public <T> T with(Map<String, float[]> weights, ModelTask<T> task) throws IOException {
    return model
        .engine()
        .call(
            () -> {
              weights.forEach(model.weights()::replace);
              try {
                return task.run(model);
              } finally {
                weights.keySet().forEach(model.weights()::restore);
              }
            });
  }

  /** What editors reported since the last call. */
  public List<String> said() {
    List<String> lines = List.copyOf(said);
    said.clear();
    return lines;
  }

  /** What an editor makes of concepts. */
  public PatchDraft edit(ConceptEditor editor, Map<String, String> given, Concept... concepts)
      throws IOException {
    return edit(editor, given, context(VOCABULARY), concepts);
  }

  /** What an editor makes of concepts in a context. */
  public PatchDraft edit(
      ConceptEditor editor, Map<String, String> given, JobContext context, Concept... concepts)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    return model.engine().call(() -> editor.edit(List.of(concepts), values, model, context));
  }

  /** A context that collects what is reported. */
  public JobContext context(KnownConcepts vocabulary) {
    return new JobContext.Nested() {
      @Override
      public KnownConcepts knownConcepts() {
        return vocabulary;
      }

      @Override
      public JobContext outer() {
        return JobContext.NONE;
      }

      @Override
      public void say(String line) {
        said.add(line);
      }
    };
  }

  /** The last token's row of a prompt's text embedding as a column. */
  public Matrix last(String prompt) {
    return row(prompt, model.tokenize(prompt).endPosition() - 1);
  }

  /** One row of a prompt's text embedding as a column. */
  public Matrix row(String prompt, int position) {
    return model
        .engine()
        .call(() -> new PromptEncoder(model).encode(prompt).columns(List.of(position)));
  }

  /** What all keys and values of the cross attention make of columns. */
  public Matrix seen(Matrix columns) {
    Matrix none = Matrix.zeros(columns.rows(), 1);
    return seen(new InputUpdate(none, none.transposed()), columns);
  }

  /** What all keys and values of the edited cross attention make of columns. */
  public Matrix seen(InputUpdate edit, Matrix columns) {
    List<Matrix> all = new ArrayList<>();
    for (String name : keysAndValues()) {
      Matrix w = weight(name);
      all.add(w.plus(edit.change(w)).times(columns).transposed());
    }
    return Matrix.joinColumns(all);
  }

  private List<String> keysAndValues() {
    TargetPattern keys = new TargetPattern("unet/*.attn2.to_k.weight");
    TargetPattern values = new TargetPattern("unet/*.attn2.to_v.weight");
    return model
        .engine()
        .call(
            () ->
                model.weights().names().stream()
                    .filter(name -> keys.matches(name) || values.matches(name))
                    .toList());
  }

  /** A weight of the base. */
  public Matrix weight(String name) {
    return model
        .engine()
        .call(
            () ->
                Matrix.of(
                    Math.toIntExact(model.weights().shape(name)[0]),
                    Math.toIntExact(model.weights().shape(name)[1]),
                    model.weights().base(name)));
  }

  @Override
  public void close() throws IOException {
    model.close();
  }
}
