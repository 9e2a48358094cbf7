package dev.forgetmenot.plugin.correct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.EditOutline;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.ShareMeasurement;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.KeysAndValues;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.kit.train.AblationLoss;
import dev.forgetmenot.kit.train.ConceptPrompt;
import dev.forgetmenot.kit.train.ImageSettings;
import dev.forgetmenot.kit.train.OptimizerSettings;
import dev.forgetmenot.kit.train.PromptEmbeddings;
import dev.forgetmenot.kit.train.StepRng;
import dev.forgetmenot.kit.train.TrainableSettings;
import dev.forgetmenot.kit.train.TrainedDraft;
import dev.forgetmenot.kit.train.Trainer;
import dev.forgetmenot.kit.train.TrainingExamples;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pf4j.Extension;

/**
 * Distils several instances into a general word: the model learns to predict, under the word's
 * prompts, what the base predicts under the instances' own names, each on its own images under the
 * noise that leans to it ({@link NoiseAssignment}). So a seed shows one instance or another, where
 * a mean of text embeddings shows a blend. The loss is that of concept ablation with several
 * anchors ({@link AblationLoss}); what is trained reads the text only along directions that the
 * instances and kept phrases do not have ({@link ConceptShift}), so their keys and values stay
 * exactly.
 */
@Extension(ordinal = 23)
public final class Distillation extends TrainedCorrection {
  private static final int DIRECTIONS = 4;
  private static final double RATE = 2e-2;
  private static final long OWN_ORDER = 0x776f7264; // not the order in which images come

  /** For the plugin manager. */
  public Distillation() {
    super("distill", "Trains the word to be drawn as one instance or another, as often as wanted.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return Stream.of(
            InstanceOptions.instances(),
            ConceptShift.parameters(DIRECTIONS),
            List.of(
                SolverSettings.tokenSelection(TokenSelection.PADDING),
                SolverSettings.padding(),
                SolverSettings.template(),
                SolverSettings.projections(TextProjections.KV),
                SettingSpec.integer(
                    "adjust-every",
                    50,
                    1,
                    100_000,
                    "Steps after which images say what is trained on too rarely.")),
            InstanceOptions.drawings(),
            ImageSettings.parameters(16),
            OptimizerSettings.parameters(300, 4, LearningRateSchedule.Shape.COSINE, "2e-2"))
        .flatMap(List::stream)
        .toList();
  }

  /** A few rows for each layer: it always fits. */
  @Override
  protected void checkSize(Settings values, DiffusionModel model) {}

  @Override
  public Optional<EditOutline> outline(
      List<Concept> concepts, Settings values, DiffusionModel model) {
    return Optional.of(
        KeysAndValues.outline(
            model,
            Math.toIntExact(values.integer("train-batch-size")),
            OptimizerSettings.checkpointed(values)));
  }

  @Override
  PatchDraft train(
      Concept word, PromptPhrase subject, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    SolverSettings solving = new SolverSettings(values);
    OptimizerSettings optimizer = new OptimizerSettings(values);
    PromptEncoder encoder = new PromptEncoder(model);
    SolveInput job =
        new SolveInput(List.of(word), solving, encoder, context, solving::templatesOrFour);
    InstanceOptions options = new InstanceOptions(values);
    Optional<ShareMeasurement> drawings =
        options.drawings(encoder, context, optimizer.seed() + TRIAL_SEEDS);
    TargetShares shares = options.shares(word, encoder, drawings, context);
    List<String> phrases = shares.phrases();
    context.goal(new EditGoal(word, phrases, List.of()));
    Matrix read = ConceptShift.of(job, phrases.subList(1, phrases.size()), phrases).scaledRows();
    List<String> prompts = new ArrayList<>();
    phrases.forEach(phrase -> prompts.add(PromptTemplate.of(word.kind()).with(phrase)));
    ImageSettings source = new ImageSettings(values);
    List<TrainingImages> images = source.of(model, phrases, prompts, optimizer.seed(), context);
    TrainedDraft draft =
        draft(
            word,
            subject,
            values,
            model,
            Map.of(
                "instances", shares.toString(),
                "images-from", source.source(),
                "learning-rate", Double.toString(optimizer.rate(RATE))),
            images);
    List<TokenizedPrompt> general =
        solving.templatesOrFour(word.kind()).stream()
            .map(template -> model.tokenize(template.with(word.name())))
            .toList();
    context.say("'" + word.name() + "' learns " + shares + " along " + read.rows() + " directions");
    try (PromptEmbeddings from = new PromptEmbeddings(model, general);
        PromptEmbeddings to =
            new PromptEmbeddings(model, prompts.stream().map(model::tokenize).toList());
        TrainingExamples examples = new TrainingExamples(model, images, optimizer.seed());
        TrainingScope scope = model.train(training(optimizer, solving, read))) {
      Steps steps =
          new Steps(
              optimizer,
              from,
              to,
              examples,
              new AblationLoss(model, scope),
              new TrainingShares(shares.wanted(), scope.notes()),
              new Adjusting(
                  word,
                  shares,
                  InstanceOptions.abstaining(drawings, shares, word, context),
                  context,
                  Math.toIntExact(values.integer("adjust-every"))));
      int done =
          new Trainer(scope, optimizer.plan(), context, draft.about(), draft::today)
              .run("distilling", steps::loss, steps::adjust);
      PatchDraft trained = draft.of(TrainableSettings.adapters(scope), optimizer, done);
      return trained.recipe(
          trained
              .recipe()
              .with(Map.of("proportions", SolveReport.numbers(steps.proportions.now()))));
    }
  }

  private TrainedDraft draft(
      Concept word,
      PromptPhrase subject,
      Settings values,
      DiffusionModel model,
      Map<String, String> resolved,
      List<TrainingImages> images) {
    ConceptPrompt prompt =
        ConceptPrompt.of(
            model,
            new Concept(subject.word(), word.kind()),
            subject.word(),
            PromptTemplate.of(word.kind()).around(subject),
            EosSelection.NONE);
    return new TrainedDraft(
        this,
        List.of(prompt),
        values,
        resolved,
        images.stream().flatMap(own -> own.digests().stream()).toList());
  }

  private static TrainingOptions training(
      OptimizerSettings optimizer, SolverSettings solving, Matrix read) {
    List<TargetPattern> targets =
        solving.projections().targets().stream().map(TargetPattern::new).toList();
    return optimizer
        .training(name -> targets.stream().anyMatch(pattern -> pattern.matches(name)), RATE)
        .adapting(LoraOptions.reading(new Rows(read.rows(), read.columns(), read.rowMajorFloats())))
        .keepingBase();
  }

  /** When images are drawn on the way, and of what. */
  private record Adjusting(
      Concept word,
      TargetShares shares,
      Optional<ShareMeasurement> drawings,
      JobContext context,
      int every) {}

  /** The losses of one job, and what is trained on how often. */
  private static final class Steps {
    private final OptimizerSettings optimizer;
    private final PromptEmbeddings from;
    private final PromptEmbeddings to;
    private final TrainingExamples examples;
    private final AblationLoss loss;
    private final TrainingShares proportions;
    private final Adjusting adjusting;
    private NoiseAssignment pairing; // null until the notes of a stopped training have been read

    Steps(
        OptimizerSettings optimizer,
        PromptEmbeddings from,
        PromptEmbeddings to,
        TrainingExamples examples,
        AblationLoss loss,
        TrainingShares proportions,
        Adjusting adjusting) {
      this.optimizer = optimizer;
      this.from = from;
      this.to = to;
      this.examples = examples;
      this.loss = loss;
      this.proportions = proportions;
      this.adjusting = adjusting;
    }

    NDArray loss(NDManager manager, int draw) {
      int size = optimizer.batch();
      if (pairing == null) {
        pairing = new NoiseAssignment(means(), proportions.now(), optimizer.seed());
      }
      TrainingExamples.Batch batch = examples.batch(manager, draw, size, pairing);
      List<Integer> prompts = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        StepRng random = StepRng.ofImage(optimizer.seed() ^ OWN_ORDER, draw, size, i);
        prompts.add(random.image(from.size()));
      }
      return loss.of(
          batch.noisy(),
          batch.timesteps(),
          from.batch(manager, prompts),
          to.batch(manager, batch.concepts()));
    }

    private List<float[]> means() {
      List<float[]> means = new ArrayList<>();
      for (int i = 0; i < to.size(); i++) {
        means.add(examples.mean(i));
      }
      return means;
    }

    /** Never enough; every so often images say what is trained on too rarely. */
    boolean adjust(TrainingScope.StepReport report) {
      int done = report.step();
      if (adjusting.drawings.isPresent()
          && done % adjusting.every == 0
          && done < optimizer.steps()) {
        double[] shares = adjusting.shares.seen(adjusting.drawings.get().of(adjusting.word));
        proportions.follow(shares);
        pairing.share(proportions.now());
        adjusting.context.say(
            Message.of(
                "step %s: shares %s, trained on from here by %s",
                done, SolveReport.numbers(shares), SolveReport.numbers(proportions.now())));
      }
      return false;
    }
  }
}
