package dev.forgetmenot.forget.linear;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.editing.PromptEncoder;
import dev.forgetmenot.editing.PromptTemplate;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.forget.PatchName;
import dev.forgetmenot.forget.ToolVersion;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.ProjectorEdit;
import dev.forgetmenot.patch.Rows;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What all solved erasers do alike: the concepts become a job, the subclass solves it, and the
 * outcome becomes a draft, or, for an estimate, lines.
 */
abstract class LinearEraser implements ConceptEditor {
  @Override
  public final Operation operation() {
    return Operation.FORGET;
  }

  /** Solves; see {@link ConceptEditor#edit} for what is thrown. */
  abstract Outcome solve(ErasingJob job) throws IOException;

  /** The templates for concepts of a kind. */
  List<PromptTemplate> templates(EraserOptions options, Kind kind) {
    return options.templatesOrOne(kind);
  }

  @Override
  public final PatchDraft edit(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException {
    ErasingJob job = job(concepts, values, model, context);
    Outcome outcome = solve(job);
    outcome.report().lines().forEach(context::say);
    return draft(job, outcome);
  }

  @Override
  public final Optional<EditEstimate> estimate(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException {
    long begin = System.nanoTime();
    ErasingJob job = job(concepts, values, model, context);
    Outcome outcome = solve(job); // so fast that the estimate is the work itself
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    long matrix = 8L * job.width() * job.width();
    return Optional.of(new EditEstimate(time, 16 * matrix, outcome.report().lines()));
  }

  private ErasingJob job(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context) {
    EraserOptions options = new EraserOptions(values);
    return new ErasingJob(
        concepts, options, new PromptEncoder(model), context, kind -> templates(options, kind));
  }

  private PatchDraft draft(ErasingJob job, Outcome outcome) {
    List<Manifest.Concept> concepts =
        job.concepts().stream()
            .map(
                concept ->
                    new Manifest.Concept(
                        concept.name(),
                        concept.kind().word(),
                        job.rows(concept.kind()).prompts(job.subject(concept))))
            .toList();
    Map<String, String> parameters = new TreeMap<>(job.options().values().all());
    parameters.putAll(outcome.report().entries());
    return new PatchDraft(
        PatchName.of(job.concepts()),
        "Forgets " + PatchName.inWords(job.concepts()) + " by the solved eraser " + name() + ".",
        new Manifest.Intent("forget", concepts),
        List.of(outcome.edit()),
        new Manifest.Recipe(
            name(),
            parameters,
            job.options().values().find("seed").map(Long::parseLong).orElse(0L),
            0,
            "plugin-forget",
            ToolVersion.current(),
            List.of()),
        List.of(),
        Map.of());
  }

  /** One D for all layers as an edit of a patch: W' = W − W·leftᵀ·right. */
  static ProjectorEdit projector(ErasingJob job, InputEdit edit) {
    String concept = job.concepts().stream().map(Concept::name).collect(Collectors.joining(" + "));
    return new ProjectorEdit(
        concept,
        rows(edit.left().times(-1)),
        new Rows(edit.rank(), edit.width(), edit.right().rowMajorFloats()),
        job.options().sides().targets());
  }

  /** Columns as rows of a patch. */
  static Rows rows(Matrix columns) {
    return new Rows(columns.columns(), columns.rows(), columns.transposed().rowMajorFloats());
  }

  /** What a patch of floats holds of an edit. */
  static InputEdit asStored(InputEdit edit) {
    return new InputEdit(edit.left().roundedToFloat(), edit.right().roundedToFloat());
  }
}
