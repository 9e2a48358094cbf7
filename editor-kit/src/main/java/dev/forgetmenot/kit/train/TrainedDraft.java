package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes down how concepts were edited by training.
 *
 * @param editor the editor: it names the operation, the description and the tool
 * @param concepts in the prompts of the training
 * @param values the settings of the editor
 * @param resolved values that the editor chose itself, by parameter
 * @param digests of the training images
 */
public record TrainedDraft(
    TrainedEditor editor,
    List<ConceptPrompt> concepts,
    Settings values,
    Map<String, String> resolved,
    List<String> digests) {
  /** Paths mean nothing on another computer; digests name the images. */
  private static final Set<String> PLACES = Set.of("image-dir", "embedding");

  /** What does not change the bits of a step, or is known by what adapters read. */
  private static final Set<String> FREE =
      Set.of(
          "steps",
          "save-every",
          "stop-below",
          "stop-at",
          "directions",
          OptimizerSettings.CHECKPOINTING);

  /** Keys of {@link #about} that are not settings, by their names before 3.0. */
  private static final Map<String, String> FORMER_KEYS =
      Map.of("pictures-from", "images-from", "picture-digests", "image-digests");

  /** Copies the collections. */
  public TrainedDraft {
    concepts = List.copyOf(concepts);
    resolved = Map.copyOf(resolved);
    digests = List.copyOf(digests);
  }

  /** What must be the same for a training to be taken up. */
  public Map<String, String> about() {
    Map<String, String> about = parameters();
    about.keySet().removeAll(FREE);
    about.put("method", editor.name());
    about.put(
        "prompts",
        concepts.stream().map(c -> c.prompt().text()).collect(Collectors.joining(" | ")));
    about.put("image-digests", String.join(" ", digests));
    return about;
  }

  /** What an earlier release wrote as {@link #about}, as this one writes it. */
  public Map<String, String> today(Map<String, String> earlier) {
    Map<String, String> today = new TreeMap<>(values.today(earlier));
    FORMER_KEYS.forEach(
        (former, key) -> {
          if (today.containsKey(former)) {
            today.put(key, today.remove(former));
          }
        });
    editor
        .added()
        .forEach(
            (setting, then) -> {
              if (values.find(setting).isPresent() || resolved.containsKey(setting)) {
                today.putIfAbsent(setting, then);
              }
            });
    return today;
  }

  /**
   * Trains with the base kept beside what is trained, and drafts the difference. For the engine
   * thread.
   *
   * @param settings the given values
   * @param directions what {@link TrainableSettings#directions} gave
   * @param stage what is done, for the progress
   * @param loss of the batches, on what is trained
   * @throws CancellationException if the user stopped it; the state is saved then
   * @throws IOException if a state cannot be written, or is of another training
   */
  public PatchDraft train(
      DiffusionModel model,
      TrainedSettings settings,
      Optional<ConceptDirections> directions,
      JobContext context,
      String stage,
      Function<TrainingScope, Trainer.Loss> loss)
      throws IOException {
    OptimizerSettings optimizer = settings.optimizer();
    TrainingOptions options =
        settings.trainable().options(model, optimizer, settings.rates(), directions);
    try (TrainingScope scope = model.train(options.keepingBase())) {
      int done =
          new Trainer(scope, optimizer.plan(), context, about(), this::today)
              .run(stage, loss.apply(scope), Trainer.AfterStep.NOTHING);
      return of(settings.trainable().edit(model, scope, context), optimizer, done);
    }
  }

  /**
   * The draft of what was trained.
   *
   * @param steps that were done
   */
  public PatchDraft of(PatchEdit edit, OptimizerSettings settings, int steps) {
    List<Concept> edited = concepts.stream().map(ConceptPrompt::concept).distinct().toList();
    return new PatchDraft(
        PatchName.of(editor.operation(), edited),
        PatchName.description(editor, edited),
        new Manifest.Intent(
            PatchName.word(editor.operation()), edited.stream().map(this::intent).toList()),
        List.of(edit),
        new Manifest.Recipe(
            editor.name(),
            parameters(),
            settings.seed(),
            steps,
            editor.tool().name(),
            editor.tool().version(),
            digests),
        List.of(),
        Map.of());
  }

  private Manifest.IntentConcept intent(Concept concept) {
    List<String> prompts =
        concepts.stream()
            .filter(one -> one.concept().equals(concept))
            .map(one -> one.prompt().text())
            .toList();
    return new Manifest.IntentConcept(concept.name(), concept.kind().word(), prompts);
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(values.all());
    parameters.keySet().removeAll(PLACES);
    parameters.putAll(resolved);
    parameters.put("optimizer", "adamw, betas 0.9 and 0.999, eps 1e-8");
    return parameters;
  }
}
