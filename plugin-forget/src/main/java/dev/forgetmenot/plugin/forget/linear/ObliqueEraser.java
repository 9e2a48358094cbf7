package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.EvenSpread;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.DirectionBudget;
import dev.forgetmenot.kit.solve.ObliqueProjector;
import dev.forgetmenot.kit.solve.ObliqueReading;
import dev.forgetmenot.kit.solve.PhraseList;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.Redirection;
import dev.forgetmenot.kit.solve.SideEffects;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import dev.forgetmenot.patching.solve.Erasure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.pf4j.Extension;

/**
 * The oblique projector with hard invariants: the concept's main differences to an anchor are
 * projected away along directions that leave kept phrases exactly and general text nearly. No text
 * embedding can bring them back.
 */
@Extension(ordinal = 15)
public final class ObliqueEraser extends SolverEditor {
  private static final String NEUTRAL = "neutral";
  private static final String EMPTY = "empty";
  private static final String MEAN = "mean";
  private static final int OF_MEAN = 128; // things of which the mean is taken at most
  private static final String DIRECTIONS = "directions";
  private static final String SPECIFIC = "specific";

  /** For the plugin manager. */
  public ObliqueEraser() {
    super(
        Operation.FORGET,
        "oblique",
        "Oblique projector: the concept becomes its anchor, kept phrases stay exactly.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return Stream.of(own(), SolverSettings.holding(), text()).flatMap(List::stream).toList();
  }

  private static List<SettingSpec> own() {
    return List.of(
        SettingSpec.list(
                "guide",
                "What concepts become: one for each, or one for all. It must not be drawn as the"
                    + " concept. Without it the empty prompt.")
            .formerly("anchor")
            .formerlySplitAt("|"),
        SettingSpec.choice(
            NEUTRAL,
            List.of("auto", EMPTY, MEAN),
            "What concepts without a guide become: the empty prompt, or the mean of known things,"
                + " which costs others less; auto takes the mean for several things at once."),
        SolverSettings.preserve("the nearest of the vocabulary, the anchors and general words are"),
        SolverSettings.neighbours(14),
        SolverSettings.keep(),
        SolverSettings.mayChange(),
        Redirection.setting(),
        SettingSpec.choice(
            DIRECTIONS,
            List.of("largest", SPECIFIC),
            "Which differences to the guide are taken away: the largest, or those that general and"
                + " kept text have least of, which changes other text less."),
        SolverSettings.generalText(),
        SolverSettings.generalWords(),
        SettingSpec.integer(
            "rank",
            2,
            1,
            64,
            "Directions taken away for each concept; more erase more and cost more. Of many"
                + " concepts at once at most an eighth of the text space, but one each."));
  }

  private static List<SettingSpec> text() {
    return List.of(
        SolverSettings.tokenSelection(TokenSelection.PADDING),
        SolverSettings.padding(),
        SolverSettings.template(),
        SolverSettings.projections(TextProjections.KV));
  }

  @Override
  protected List<PromptTemplate> templates(SolverSettings options, ConceptType kind) {
    return options.templatesOrFour(kind);
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    ObliqueProjector general = job.projector(List.of());
    Projection projection = Projection.of(job, general);
    InputUpdate edit = projection.solve(general);
    return new SolveResult(projector(job, edit), report(projection, edit));
  }

  /**
   * The edit of a job alone, for those who compare many.
   *
   * @param general what general text looks like, {@link SolveInput#projector} of such a job
   * @throws IllegalArgumentException if what is kept holds a part of the concept
   */
  public static InputUpdate edit(SolveInput job, ObliqueProjector general) throws IOException {
    return Projection.of(job, general).solve(general);
  }

  /**
   * What is projected away and what stays.
   *
   * @param anchors in words, one for each concept
   * @param pairs the columns of each concept with those of its anchor
   * @param differences Δ (d × k)
   * @param preserved phrases that stay
   */
  private record Projection(
      SolveInput job,
      List<String> anchors,
      List<ConceptEmbeddings.Pairs> pairs,
      Matrix differences,
      List<PreservedConcept> preserved) {
    static Projection of(SolveInput job, ObliqueProjector general) throws IOException {
      List<String> anchors = ObliqueEraser.anchors(job);
      List<ConceptEmbeddings.Pairs> pairs = ObliqueEraser.pairs(job, anchors);
      List<Redirection> redirections = Redirection.all(job);
      int each = job.options().integer("kept-directions");
      int always = job.invariants().columns() + each * kept(job, anchors, redirections, 0).size();
      DirectionBudget budget = new DirectionBudget(job.width(), job.concepts().size(), always);
      int rank = budget.rank(job.options().integer("rank"));
      int near = budget.neighbours(job.options().integer("neighbours"), rank, each);
      List<PreservedConcept> preserved = kept(job, anchors, redirections, near);
      boolean specific = job.options().values().text(DIRECTIONS).equals(SPECIFIC);
      Matrix differences =
          specific
              ? specific(
                  job,
                  pairs,
                  redirections,
                  Math.min(rank * pairs.size(), budget.together()),
                  general,
                  preserved)
              : largest(job, pairs, redirections, rank, budget);
      return new Projection(job, anchors, pairs, differences, preserved);
    }

    /** The main directions of concepts' differences, and one of each redirection's. */
    private static Matrix largest(
        SolveInput job,
        List<ConceptEmbeddings.Pairs> pairs,
        List<Redirection> redirections,
        int rank,
        DirectionBudget budget) {
      List<Matrix> all = new ArrayList<>(List.of(ObliqueEraser.differences(pairs, rank, budget)));
      redirections.forEach(redirection -> all.add(redirection.difference(job)));
      return Matrix.joinColumns(all);
    }

    /**
     * Those combinations of all differences, as many as there are {@link #largest}, that what is
     * kept and general text have least of: (C − G)·V of {@link ObliqueReading}.
     */
    private static Matrix specific(
        SolveInput job,
        List<ConceptEmbeddings.Pairs> pairs,
        List<Redirection> redirections,
        int ofConcepts,
        ObliqueProjector general,
        List<PreservedConcept> preserved) {
      Matrix columns =
          Matrix.joinColumns(
              Stream.concat(
                      pairs.stream(),
                      redirections.stream().map(redirection -> redirection.pairs(job)))
                  .map(pair -> pair.targets().minus(pair.guides()))
                  .toList());
      int directions = ofConcepts + redirections.size();
      ObliqueReading reading =
          ObliqueReading.of(general.second(), columns, job.held(preserved), directions);
      return columns.times(reading.coordinates());
    }

    InputUpdate solve(ObliqueProjector general) {
      return general.solve(differences, job.held(preserved));
    }
  }

  /** The main differences of each concept; above the budget those of all of them together. */
  private static Matrix differences(
      List<ConceptEmbeddings.Pairs> pairs, int rank, DirectionBudget budget) {
    List<Matrix> each =
        pairs.stream()
            .map(pair -> Subspace.ofFirst(pair.targets().minus(pair.guides()), rank).basis())
            .toList();
    Matrix all = Matrix.joinColumns(each);
    return all.columns() <= budget.together()
        ? all
        : Subspace.ofFirst(all, budget.together()).basis();
  }

  private static List<ConceptEmbeddings.Pairs> pairs(SolveInput job, List<String> anchors) {
    List<PromptPhrase> others = EvenSpread.of(OF_MEAN, job.others());
    if (!isMean(job) || others.isEmpty()) {
      return job.pairs(anchors);
    }
    return job.concepts().stream()
        .map(concept -> job.rows(concept.kind()).pairsWithMean(job.subject(concept), others))
        .toList();
  }

  /** Whether concepts become the mean of known things; of styles nothing like it is known. */
  private static boolean isMean(SolveInput job) {
    String neutral = job.options().values().text(NEUTRAL);
    boolean things = job.concepts().stream().noneMatch(one -> one.kind() == ConceptType.STYLE);
    return job.options().values().find("guide").isEmpty()
        && things
        && (neutral.equals(MEAN) || (neutral.equals("auto") && job.concepts().size() > 1));
  }

  private static List<String> anchors(SolveInput job) {
    return job.options()
        .values()
        .find("guide")
        .map(given -> PhraseList.forEach("guide", job.options().values(), job.concepts().size()))
        .orElseGet(() -> Collections.nCopies(job.concepts().size(), ""));
  }

  /** The given phrases, or the nearest, the anchors and general words. */
  private static List<PreservedConcept> kept(
      SolveInput job, List<String> anchors, List<Redirection> redirections, int near)
      throws IOException {
    Set<PreservedConcept> kept = new LinkedHashSet<>(job.preserved(near));
    if (job.options().preserved().isPresent()) {
      return List.copyOf(kept);
    }
    anchors.stream().filter(anchor -> !anchor.isEmpty()).map(job::kept).forEach(kept::add);
    if (job.concepts().get(0).kind() != ConceptType.STYLE) {
      kept.addAll(job.generalWords());
    }
    for (Redirection redirection : redirections) {
      kept.remove(redirection.word(job));
      kept.add(job.kept(redirection.instead()));
    }
    return List.copyOf(kept);
  }

  private static SolveReport report(Projection projection, InputUpdate edit) {
    SolveInput job = projection.job();
    List<String> anchors = projection.anchors();
    List<ConceptEmbeddings.Pairs> pairs = projection.pairs();
    List<PreservedConcept> preserved = projection.preserved();
    InputUpdate stored = asStored(edit);
    SolveReport.Writer report = new SolveReport.Writer();
    String neutral = isMean(job) ? "the mean of known things" : "the empty prompt";
    for (int i = 0; i < pairs.size(); i++) {
      Erasure erasure =
          new Erasure(
              job.concepts().get(i).name(), pairs.get(i).targets(), pairs.get(i).guides(), 1);
      report.residual(
          erasure.label(), "'" + anchors.get(i) + "', all its rows", erasure.residual(stored));
    }
    report.note(
        "kept",
        String.join("|", preserved.stream().map(kept -> kept.subject().phrase()).toList()),
        Message.of(
            "kept exactly: the first %s directions of each of %s phrases",
            job.options().integer("kept-directions"), preserved.size()));
    report.note(
        "anchors",
        String.join("|", anchors),
        "anchors: " + anchors.stream().map(a -> a.isEmpty() ? neutral : a).toList());
    new SideEffects(job, preserved).write(List.of(stored), report);
    return report.condition(edit.condition()).done();
  }
}
