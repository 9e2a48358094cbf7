package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.NamedEditor;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What all solved editors do alike: the concepts become a job, the subclass solves it, and the
 * outcome becomes a draft, or, for an estimate, lines. For the engine thread.
 */
public abstract class SolverEditor extends NamedEditor {
  /** An editor that forgets or corrects; see {@link NamedEditor}. */
  protected SolverEditor(Operation operation, String name, String summary) {
    super(operation, name, summary);
  }

  /** Solves; see {@link ConceptEditor#edit} for what is thrown. */
  protected abstract SolveResult solve(SolveInput job) throws IOException;

  /** The templates for concepts of a kind: the given ones, or what this editor likes best. */
  protected List<PromptTemplate> templates(SolverSettings options, ConceptType kind) {
    return options.templatesOrOne(kind);
  }

  @Override
  public final PatchDraft edit(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    SolveInput job = job(concepts, values, new PromptEncoder(model), context);
    SolveResult outcome = solve(job);
    outcome.report().lines().forEach(context::say);
    return draft(job, outcome);
  }

  @Override
  public Optional<EditEstimate> estimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    long begin = System.nanoTime();
    SolveInput job = job(concepts, values, new PromptEncoder(model), context);
    SolveResult outcome = solve(job); // so fast that the estimate is the work itself
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    long matrix = 8L * job.width() * job.width();
    return Optional.of(new EditEstimate(time, 16 * matrix, outcome.report().lines()));
  }

  /** A job of this editor; several may share an encoder, which knows their prompts then. */
  public final SolveInput job(
      List<Concept> concepts, Settings values, PromptEncoder encoder, JobContext context) {
    SolverSettings options = new SolverSettings(values);
    return new SolveInput(concepts, options, encoder, context, kind -> templates(options, kind));
  }

  private PatchDraft draft(SolveInput job, SolveResult outcome) {
    List<Manifest.IntentConcept> concepts = new ArrayList<>();
    for (int i = 0; i < job.concepts().size(); i++) {
      Concept concept = job.concepts().get(i);
      concepts.add(
          new Manifest.IntentConcept(
              concept.name(),
              concept.kind().word(),
              job.rows(concept.kind()).prompts(job.subject(concept)),
              outcome.guide(i)));
    }
    Map<String, String> parameters = new TreeMap<>(job.options().values().all());
    parameters.putAll(outcome.report().entries());
    return new PatchDraft(
        PatchName.of(operation(), job.concepts()),
        PatchName.description(this, job.concepts()),
        new Manifest.Intent(PatchName.word(operation()), concepts),
        List.of(outcome.edit()),
        new Manifest.Recipe(
            name(),
            parameters,
            job.options().values().find("seed").map(Long::parseLong).orElse(0L),
            0,
            tool().name(),
            tool().version(),
            List.of()),
        List.of(),
        Map.of());
  }

  /** One D for all layers as an edit of a patch: W' = W − W·leftᵀ·right. */
  public static ProjectorEdit projector(SolveInput job, InputUpdate edit) {
    String concept = job.concepts().stream().map(Concept::name).collect(Collectors.joining(" + "));
    return new ProjectorEdit(
        concept,
        rows(edit.left().times(-1)),
        new Rows(edit.rank(), edit.width(), edit.right().rowMajorFloats()),
        job.options().projections().targets());
  }

  /** Columns (d × n) as n rows of a patch, rounded to float. */
  public static Rows rows(Matrix columns) {
    return new Rows(columns.columns(), columns.rows(), columns.transposed().rowMajorFloats());
  }

  /** What a patch of floats holds of an edit. */
  public static InputUpdate asStored(InputUpdate edit) {
    return new InputUpdate(edit.left().roundedToFloat(), edit.right().roundedToFloat());
  }
}
