package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.evaluate.AbstainingClassifier;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.solve.PhraseList;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.Extension;

/**
 * Finds the instances of a general word and tries the methods that share them out, quick ones
 * first; the first that does what it should is taken, or else the one that comes nearest. With
 * {@code without}, the attribute editor is tried gently and firmly.
 */
@Extension(ordinal = -1) // before all others: what happens when no method is named
public final class AutoCorrector extends AutoEditor {
  private static final String WITHOUT = "without";
  private static final String PRESERVE = "preserve";

  /** For the plugin manager. */
  public AutoCorrector() {
    super(
        Operation.CORRECT,
        "Finds the instances in images, tries several methods and uses the one that does best.");
  }

  @Override
  public List<SettingSpec> parameters() {
    List<SettingSpec> all = new ArrayList<>(InstanceOptions.instances());
    all.add(
        SettingSpec.list(WITHOUT, "What the word should not bring along, in place of instances.")
            .formerlySplitAt("|"));
    all.add(SolverSettings.preserve("the nearest of the vocabulary are"));
    all.addAll(InstanceOptions.drawings());
    all.add(
        SettingSpec.integer(
                "eval-others", 30, 0, 1000, "Other known concepts by which a method is judged.")
            .formerly("trial-others"));
    all.add(SettingSpec.integer("seed", 7000, 0, Integer.MAX_VALUE, "Seed of these images."));
    return all;
  }

  @Override
  protected Search search(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    EditGoal goal =
        goal(SingleConcept.of(concepts, context.knownConcepts()).concept(), values, model, context);
    return new Search(
        candidates(goal, values),
        Evaluation.of(List.of(goal), context.knownConcepts(), size(values)));
  }

  @Override
  protected boolean settles(MeasuredCandidate candidate) {
    return CorrectionScore.settles(candidate);
  }

  @Override
  protected Comparator<MeasuredCandidate> best() {
    return CorrectionScore.BEST;
  }

  /** An image between two instances shows none: such answers count for no candidate. */
  @Override
  protected ImageClassifier choosing(
      ImageClassifier judge, Evaluation evaluation, DiffusionModel model, JobContext context)
      throws IOException {
    if (!AbstainingClassifier.canCalibrate(judge)) {
      return judge;
    }
    Evaluation goals = new Evaluation(evaluation.goals(), List.of(), evaluation.size());
    List<EvaluationResult.Row> own =
        goals.runUntouched(model, judge, context).goals().get(0).instances();
    return AbstainingClassifier.calibrated(judge, own);
  }

  /** Candidates that train report their steps and keep their states. */
  @Override
  protected JobContext contextOfCandidates(JobContext context) {
    return context;
  }

  /** What is corrected: instances as given or found, or what should not be brought along. */
  private static EditGoal goal(
      Concept word, Settings values, DiffusionModel model, JobContext context) throws IOException {
    if (values.find(WITHOUT).isPresent()) {
      if (values.find(InstanceOptions.BALANCE).isPresent()
          || values.find(InstanceOptions.DOMINANT).isPresent()) {
        throw new IllegalArgumentException(
            "--without takes something out of a word, --dominant and --balance share its instances"
                + " out: make a patch for each, they stack");
      }
      List<String> without =
          PhraseList.of(WITHOUT, values).stream()
              .map(name -> TargetShares.phrase(name, context.knownConcepts()))
              .toList();
      return new EditGoal(word, List.of(), without);
    }
    InstanceOptions options = new InstanceOptions(values);
    PromptEncoder encoder = new PromptEncoder(model);
    TargetShares shares =
        options.shares(
            word, encoder, options.drawings(encoder, context, values.integer("seed")), context);
    return new EditGoal(word, shares.phrases(), List.of());
  }

  /** What is tried for a goal; each has the goal that it reaches for. */
  static List<Candidate> candidates(EditGoal goal, Settings values) {
    Map<String, String> settings = new HashMap<>();
    values.find(PRESERVE).ifPresent(phrases -> settings.put(PRESERVE, phrases));
    if (!goal.without().isEmpty()) {
      settings.put(WITHOUT, values.text(WITHOUT));
      return List.of(
          new Candidate(new AttributeCorrection(), settings, List.of(goal)),
          new Candidate(new AttributeCorrection(), with(settings, "pull", "2"), List.of(goal)));
    }
    settings.put(InstanceOptions.DOMINANT, goal.instances().get(0));
    settings.put(
        InstanceOptions.BALANCE,
        values.find(InstanceOptions.BALANCE).orElseGet(() -> Settings.joined(goal.instances())));
    settings.put("eval-images", values.text("eval-images"));
    settings.put("eval-steps", values.text("eval-steps"));
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(
        new Candidate(new Balance(), with(settings, "seed", values.text("seed")), List.of(goal)));
    candidates.add(new Candidate(new Distillation(), settings, List.of(goal)));
    if (values.find(InstanceOptions.BALANCE).isEmpty() && goal.instances().size() > 2) {
      List<String> two = goal.instances().subList(0, 2);
      candidates.add(
          new Candidate(
              new Distillation(),
              with(settings, InstanceOptions.BALANCE, Settings.joined(two)),
              List.of(
                  new EditGoal(
                      goal.concept(),
                      two,
                      List.of(),
                      goal.instances().subList(2, goal.instances().size())))));
    }
    return candidates;
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    Map<String, String> more = new HashMap<>(map);
    more.put(key, value);
    return more;
  }

  private static Evaluation.Size size(Settings values) {
    int images = Math.toIntExact(values.integer("eval-images"));
    return new Evaluation.Size(
        images,
        Math.toIntExact(values.integer("eval-others")),
        1,
        values.integer("seed") + images, // not the images by which editors find shares
        Math.toIntExact(values.integer("eval-steps")));
  }
}
