package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.auto.TextScreen;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.stack.TextEdits;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import dev.forgetmenot.plugin.forget.linear.UceEraser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Tries the erasers that take a second: the best forgets the concept and keeps the recognition of
 * others.
 */
@Extension(ordinal = -1) // before all others: what happens when no method is named
public final class AutoEraser extends AutoEditor {
  /** A sixteenth of a concept's images may still be recognised as it. */
  private static final double LEFT = 1.0 / 16;

  /** Directions that a projector takes away: 1 up to this. */
  private static final int RANKS = 3;

  /** Near phrases that it keeps. */
  private static final List<Integer> NEIGHBOURS = List.of(6, 14);

  /** Projectors of which images are drawn, if the first do not settle it. */
  private static final int DRAWN = 3;

  /** Of a general word's images show its other instances, when it has survived. */
  private static final double SURVIVES = 0.5;

  private static final String ROBUST = "robust";
  private static final String RECOVERY_STEPS = "recovery-steps";
  private static final List<String> PASSED_ON = List.of("keep", "may-change");

  /** For the plugin manager. */
  public AutoEraser() {
    super(
        Operation.FORGET,
        "Tries several quick methods on this model and uses the one that does best.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SettingSpec.list(
            Becoming.SETTING,
            List.of(Becoming.AUTO),
            "What concepts become: a phrase for each, or one for all; auto looks for a general"
                + " word that the model draws clearly, nothing is the empty prompt."),
        SolverSettings.keep(),
        SolverSettings.mayChange(),
        SettingSpec.integer(
                "eval-images", 8, 1, 256, "Images of each concept by which a method is judged.")
            .formerly("trial-pictures"),
        SettingSpec.integer(
                "eval-others", 30, 0, 1000, "Other known concepts by which it is judged.")
            .formerly("trial-others"),
        SettingSpec.integer("eval-steps", 20, 1, 1000, "Sampler steps of these images.")
            .formerly("trial-steps"),
        SettingSpec.flag(
            ROBUST,
            "Also try projectors on many ways to name the concept, and take what a short concept"
                + " inversion brings back least."),
        SettingSpec.integer(
            RECOVERY_STEPS, 150, 1, 100_000, "Steps of that inversion, for each candidate."),
        SettingSpec.integer("seed", 7000, 0, Integer.MAX_VALUE, "Seed of these images."));
  }

  @Override
  protected Search search(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Evaluation plain = Evaluation.ofForgetting(concepts, context.knownConcepts(), size(values));
    Optional<ImageClassifier> judge = context.judge().filter(plain::canBeJudgedBy);
    if (judge.isEmpty()) {
      return unjudged(concepts, plain, values, model, context);
    }
    Becoming becoming = Becoming.found(concepts, values, model, judge.get(), size(values), context);
    becoming.words().forEach(context::goal);
    concepts.forEach(concept -> sayNear(concept, model, context));
    return new Search(
        candidates(concepts, becoming, values, model, context),
        Evaluation.ofForgetting(concepts, becoming.words(), context.knownConcepts(), size(values)));
  }

  /** Without images: what concepts become is as given, or nothing. */
  @Override
  protected Search searchForEstimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Evaluation plain = Evaluation.ofForgetting(concepts, context.knownConcepts(), size(values));
    return context.judge().filter(plain::canBeJudgedBy).isEmpty()
        ? unjudged(concepts, plain, values, model, context)
        : new Search(
            candidates(concepts, Becoming.given(concepts, values), values, model, context), plain);
  }

  /** What others have published for this architecture comes before what is best by text here. */
  private static Search unjudged(
      List<Concept> concepts,
      Evaluation evaluation,
      Settings values,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    Becoming becoming = Becoming.given(concepts, values);
    if (values.flag(ROBUST)) {
      return new Search(
          RobustChoice.harder(passedOn(becoming, values), concepts.get(0).kind()),
          evaluation,
          Optional.of("of which no text embedding brings the concept back"));
    }
    Optional<PublishedEraser> published = PublishedEraser.of(model, becoming, values);
    return published.isPresent()
        ? new Search(
            List.of(published.get().candidate()),
            evaluation,
            Optional.of(published.get().evidence()))
        : new Search(candidates(concepts, becoming, values, model, context), evaluation);
  }

  /** What stands nearest for the text encoder is kept. */
  private static void sayNear(Concept concept, DiffusionModel model, JobContext context) {
    List<String> near =
        NearestConcepts.of(new PromptEncoder(model), concept, context.knownConcepts())
            .first(NEIGHBOURS.get(0))
            .stream()
            .map(PromptPhrase::phrase)
            .toList();
    context.say(
        Message.of(
            "near '%s', kept unless --may-change names them: %s",
            concept.name(), String.join(", ", near)));
  }

  /** What does least to text by what it should comes first; then what is of another kind. */
  private static List<Candidate> candidates(
      List<Concept> concepts,
      Becoming becoming,
      Settings values,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    Map<String, String> given = passedOn(becoming, values);
    List<Candidate> projectors = new ArrayList<>();
    for (int rank = 1; rank <= RANKS; rank++) {
      for (int neighbours : NEIGHBOURS) {
        projectors.add(oblique(rank, neighbours, given));
      }
    }
    List<Candidate> all = new ArrayList<>(screened(projectors, concepts, becoming, model, context));
    Map<String, String> guide = new HashMap<>(given);
    guide.keySet().retainAll(Set.of("guide"));
    all.add(new Candidate(new UceEraser(), guide));
    PublishedEraser.of(model, becoming, values).map(PublishedEraser::candidate).ifPresent(all::add);
    given.remove("guide");
    all.add(oblique(2, 14, given));
    return all;
  }

  private static Map<String, String> passedOn(Becoming becoming, Settings values) {
    Map<String, String> given = new HashMap<>(becoming.settings());
    PASSED_ON.forEach(name -> values.find(name).ifPresent(phrases -> given.put(name, phrases)));
    return given;
  }

  private static List<Candidate> screened(
      List<Candidate> projectors,
      List<Concept> concepts,
      Becoming becoming,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    TextScreen screen =
        TextScreen.of(
            new PromptEncoder(model), concepts, becoming.guides(), context.knownConcepts());
    Map<Candidate, Double> costs = new LinkedHashMap<>();
    for (Candidate candidate : projectors) {
      context.checkCancelled();
      JobContext silent = JobContext.silent(context);
      Optional<PatchDraft> draft = candidate.draft(concepts, model, silent, silent);
      if (draft.isPresent()) {
        ProjectorEdit edit = (ProjectorEdit) draft.get().edits().get(0); // as every projector's
        costs.put(candidate, screen.cost(TextEdits.of(edit)));
      }
      context.progress("comparing by text", costs.size(), projectors.size());
    }
    context.progress("comparing by text", projectors.size(), projectors.size());
    return costs.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .limit(DRAWN)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Candidate oblique(int rank, int neighbours, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("rank", Integer.toString(rank));
    settings.put("neighbours", Integer.toString(neighbours));
    settings.put("general-text", "prompts");
    return new Candidate(new ObliqueEraser(), settings);
  }

  @Override
  protected MeasuredCandidate choose(List<MeasuredCandidate> measured, Trial trial)
      throws IOException {
    MeasuredCandidate plain = super.choose(measured, trial);
    if (!trial.values().flag(ROBUST)) {
      return plain;
    }
    int steps = Math.toIntExact(trial.values().integer(RECOVERY_STEPS));
    Recovery test = new Recovery(trial.judge(), size(trial.values()), steps, trial.context());
    return new RobustChoice(trial, test).of(plain, best());
  }

  /** Nothing is left to improve: one image more or less is chance. */
  @Override
  protected boolean settles(MeasuredCandidate candidate) {
    return candidate.after().left() == 0
        && lostWords(candidate) == 0
        && candidate.before().kept() - candidate.after().kept() <= 1;
  }

  /** Those that forget come first, then what keeps general words, most others, moves least. */
  @Override
  protected Comparator<MeasuredCandidate> best() {
    return Comparator.comparingDouble(
            (MeasuredCandidate m) -> Math.max(LEFT, m.after().worstLeft()))
        .thenComparingLong(AutoEraser::lostWords)
        .thenComparingDouble(
            m -> Math.max(0, m.before().retainAccuracy() - m.after().retainAccuracy()))
        .thenComparingDouble(MeasuredCandidate::drift);
  }

  /** General words that show none of their other instances in most of their images. */
  private static long lostWords(MeasuredCandidate candidate) {
    return candidate.after().generalWords().stream()
        .filter(word -> word.overshadowedShare() < SURVIVES)
        .count();
  }

  private static Evaluation.Size size(Settings values) {
    return new Evaluation.Size(
        Math.toIntExact(values.integer("eval-images")),
        Math.toIntExact(values.integer("eval-others")),
        1,
        values.integer("seed"),
        Math.toIntExact(values.integer("eval-steps")));
  }
}
