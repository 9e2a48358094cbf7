package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what an edit would take and harm, without doing it: what the editor itself estimates, and
 * the things of the vocabulary that stand nearest to the concept in the text encoder.
 *
 * @param command progress and cancellation
 * @param drawn pixels of the largest image that the command draws beside the report; 0 for none
 */
public record EditEstimation(JobContext command, long drawn) {
  private static final int NEIGHBOURS = 8;

  /**
   * What an edit would take and harm.
   *
   * @param lines for people
   * @param near what stands near to each concept of the order, in its order
   */
  public record Estimate(List<String> lines, List<NearestConcepts> near) {
    /** Copies the lists. */
    public Estimate {
      lines = List.copyOf(lines);
      near = List.copyOf(near);
    }
  }

  /** Estimates. The model is the base's again afterwards. */
  public Estimate run(NamedModel hosted, EditRequest order) throws IOException {
    StableDiffusion model = hosted.model();
    List<String> lines =
        new ArrayList<>(
            OutputFolder.untouched(
                order.patch().toAbsolutePath().normalize().getParent(),
                () -> new Preflight(order, drawn).run(hosted)));
    Optional<ImageClassifier> judge = order.judging().open(model);
    try {
      lines.addAll(model.engine().call(() -> lines(model, order, judge)));
      List<NearestConcepts> near = model.engine().call(() -> near(model, order));
      for (int i = 0; i < near.size(); i++) {
        lines.add(line(order.concepts().get(i), near.get(i)));
      }
      return new Estimate(lines, near);
    } finally {
      judge.ifPresent(ImageClassifier::close);
    }
  }

  private List<String> lines(
      StableDiffusion model, EditRequest order, Optional<ImageClassifier> judge)
      throws IOException {
    EditContext context =
        new EditContext(
            command,
            judge,
            order.judging().vocabulary(),
            Optional.empty(),
            false,
            EditContext.TrainingListener.NONE);
    List<String> lines = new ArrayList<>();
    try {
      Optional<EditEstimate> estimate =
          order.editor().estimate(order.concepts(), order.values(), model, context);
      lines.add(
          estimate
              .map(
                  e ->
                      Message.of(
                          "%s would take about %.1f s and %s beside the model",
                          order.editor().name(),
                          e.time().toMillis() / 1000.0,
                          ByteSizes.of(e.peakBytes())))
              .orElse(order.editor().name() + " cannot say how long it would take"));
      estimate.ifPresent(e -> lines.addAll(e.lines()));
      TowerJudging.note(model, order).ifPresent(lines::add);
    } finally {
      model.weights().restoreChanged();
    }
    return lines;
  }

  private static List<NearestConcepts> near(StableDiffusion model, EditRequest order) {
    KnownConcepts vocabulary = order.judging().vocabulary();
    PromptEncoder encoder = new PromptEncoder(model);
    return order.concepts().stream()
        .map(concept -> NearestConcepts.of(encoder, concept, vocabulary))
        .toList();
  }

  private static String line(Concept concept, NearestConcepts near) {
    if (near.phrases().isEmpty()) {
      return Message.of(
          "what stands near '%s' is not known: name things by --known-concepts", concept.name());
    }
    StringBuilder text = new StringBuilder("nearest to '" + concept.name() + "', at risk:");
    for (NearestConcepts.Near one : near.phrases().stream().limit(NEIGHBOURS).toList()) {
      text.append(Message.of(" %s (%.2f),", one.subject().phrase(), one.cosine()));
    }
    return text.substring(0, text.length() - 1);
  }
}
