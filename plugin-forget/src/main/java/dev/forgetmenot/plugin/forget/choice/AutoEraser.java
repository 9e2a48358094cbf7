package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.Clarity;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.auto.SearchTime;
import dev.forgetmenot.kit.concept.EvenSpread;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.plugin.forget.linear.UceEraser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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

  /** Of so many others one may be lost by chance. */
  private static final int CHANCE = 15;

  /** Projectors of a phrase of which images are drawn, if the first do not settle it. */
  private static final int DRAWN = 2;

  /** Phrases that a concept may become, of which images are drawn. */
  private static final int PHRASES = 2;

  /** Of a general word's images show its other instances, when it has survived: no mere half. */
  private static final double SURVIVES = 0.75;

  /** Of the way from the concept to what it becomes, at least; less is a mixture of both. */
  private static final double AWAY = 0.7;

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
        SettingSpec.integer("eval-steps", 8, 1, 1000, "Sampler steps of these images.")
            .formerly("trial-steps"),
        SettingSpec.flag(
            ROBUST,
            "Also try projectors on many ways to name the concept, and take what a short concept"
                + " inversion brings back least."),
        SettingSpec.integer(
            RECOVERY_STEPS, 150, 1, 100_000, "Steps of that inversion, for each candidate."),
        SettingSpec.integer("seed", 7000, 0, Integer.MAX_VALUE, "Seed of these images."),
        SearchTime.setting());
  }

  @Override
  protected Search search(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    KnownConcepts known = context.knownConcepts();
    Evaluation plain = Evaluation.ofForgetting(concepts, known, size(values));
    Optional<ImageClassifier> judge = context.judge().filter(plain::canBeJudgedBy);
    if (judge.isEmpty()) {
      return unjudged(concepts, plain, values, model, context);
    }
    boolean measures = Coherence.isMeasuredBy(judge.get());
    Becoming becoming =
        measures
            ? Becoming.found(concepts, values, model, judge.get(), size(values), context)
            : Becoming.given(concepts, values);
    becoming.words().forEach(context::goal);
    concepts.forEach(concept -> sayNear(concept, model, context));
    Optional<PublishedEraser> published = PublishedEraser.of(model, becoming, values);
    return new Search(
        candidates(concepts, becoming, values, model, context),
        Evaluation.ofForgetting(
            concepts, becoming.words(), knownTo(judge.get(), known), size(values)),
        published.map(PublishedEraser::evidence));
  }

  /** What a judge of few labels can say of images. */
  private static KnownConcepts knownTo(ImageClassifier judge, KnownConcepts known) {
    Set<String> labels = new HashSet<>(judge.things());
    labels.addAll(judge.styles());
    return new KnownConcepts(
        known.phrases().stream().filter(entry -> labels.contains(entry.phrase())).toList(),
        known.generalWords());
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
          RobustChoice.harder(passedOn(becoming.settings(), values), concepts.get(0).kind()),
          evaluation,
          Optional.of("which no text embedding undoes exactly"));
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
            .first(ProjectorSearch.NEIGHBOURS.get(0))
            .stream()
            .map(PromptPhrase::phrase)
            .toList();
    context.say(
        Message.of(
            "near '%s', kept unless --may-change names them: %s",
            concept.name(), String.join(", ", near)));
  }

  /**
   * What is published for the architecture comes first; then what does least to text by what it
   * should; then what is of another kind.
   */
  private static List<Candidate> candidates(
      List<Concept> concepts,
      Becoming becoming,
      Settings values,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    Map<String, String> passedOn = passedOn(Map.of(), values);
    ProjectorSearch projectors = new ProjectorSearch(concepts, new PromptEncoder(model), context);
    List<Candidate> all = new ArrayList<>();
    PublishedEraser.of(model, becoming, values).map(PublishedEraser::candidate).ifPresent(all::add);
    Optional<Becoming> next = Optional.of(becoming);
    for (int i = 0; i < PHRASES && next.isPresent(); i++) {
      projectors.sorted(next.get(), passedOn).stream()
          .limit(SearchTime.of(values).isLimited() ? Integer.MAX_VALUE : DRAWN)
          .map(ProjectorSearch.Screened::candidate)
          .forEach(all::add);
      next = next.get().next();
    }
    Map<String, String> guide = new HashMap<>(becoming.settings());
    guide.keySet().retainAll(Set.of("guide", "redirect"));
    all.add(new Candidate(new UceEraser(), guide).becoming(becoming.margin()));
    Map<String, String> nothing = new HashMap<>(becoming.settings());
    nothing.remove("guide");
    all.add(ProjectorSearch.candidate(2, 14, nothing, passedOn));
    return all;
  }

  private static Map<String, String> passedOn(Map<String, String> more, Settings values) {
    Map<String, String> given = new HashMap<>(more);
    PASSED_ON.forEach(name -> values.find(name).ifPresent(phrases -> given.put(name, phrases)));
    return given;
  }

  /** Two thirds of the others, and half as many images of concepts and words. */
  @Override
  protected Evaluation first(Evaluation all) {
    Evaluation.Size size = all.size();
    int others = (2 * size.others() + 2) / 3;
    return new Evaluation(
        all.goals(),
        EvenSpread.of(others, all.others()),
        size.of((size.ofConcept() + 1) / 2, others));
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

  /** The best, and the best whose images are clear: few images say little of what others lose. */
  @Override
  protected List<MeasuredCandidate> contenders(List<MeasuredCandidate> measured) {
    List<MeasuredCandidate> sorted = measured.stream().sorted(best()).toList();
    MeasuredCandidate first = sorted.get(0);
    return sorted.stream()
        .skip(1)
        .filter(other -> isClear(first) || isClear(other))
        .findFirst()
        .map(second -> List.of(first, second))
        .orElseGet(() -> super.contenders(measured));
  }

  /** Nothing is left to improve: one image of 15 more or less is chance. */
  @Override
  protected boolean settles(MeasuredCandidate candidate) {
    return candidate.after().left() == 0
        && lostWords(candidate) == 0
        && lostOthers(candidate) == 0
        && (isClear(candidate) || !hasGuide(candidate));
  }

  /**
   * Those that forget come first, then what keeps general words, most others, shows something clear
   * in the place of the concept, moves least.
   */
  @Override
  protected Comparator<MeasuredCandidate> best() {
    return Comparator.comparingDouble(
            (MeasuredCandidate m) -> Math.max(LEFT, m.after().worstLeft()))
        .thenComparingLong(AutoEraser::lostWords)
        .thenComparingLong(AutoEraser::silentWords)
        .thenComparingInt(AutoEraser::lostOthers)
        .thenComparing(m -> !isClear(m))
        .thenComparingInt(m -> m.before().kept() - m.after().kept())
        .thenComparingDouble(MeasuredCandidate::drift);
  }

  /** Others that are not recognised any more, beyond one of 15. */
  private static int lostOthers(MeasuredCandidate candidate) {
    int lost = candidate.before().kept() - candidate.after().kept();
    return Math.max(0, lost - candidate.after().ofOthers() / CHANCE);
  }

  private static boolean hasGuide(MeasuredCandidate candidate) {
    return candidate.candidate().settings().containsKey("guide");
  }

  /**
   * Whether all concepts became one or two things, as near to known ones as they were, and as far
   * from the concept as what they become.
   */
  private static boolean isClear(MeasuredCandidate candidate) {
    Clarity clarity = candidate.clarity();
    return hasGuide(candidate)
        && clarity.distance().orElse(Double.POSITIVE_INFINITY) <= Coherence.CLEAR
        && clarity.margin() >= AWAY * candidate.candidate().margin()
        && candidate.after().goals().stream()
            .filter(goal -> goal.goal().forgets())
            .allMatch(goal -> goal.general().showsOneOrTwo());
  }

  /** General words that do not show their other instances in most of their images, or unclearly. */
  private static long lostWords(MeasuredCandidate candidate) {
    return candidate.after().generalWords().stream()
        .filter(word -> isSilent(word) || candidate.clarity().blurred().contains(word.name()))
        .count();
  }

  /** Those of them that do not show them: worse than unclear ones. */
  private static long silentWords(MeasuredCandidate candidate) {
    return candidate.after().generalWords().stream().filter(AutoEraser::isSilent).count();
  }

  private static boolean isSilent(GoalResult word) {
    return word.overshadowedShare() < SURVIVES;
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
