package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.kit.concept.AskedPhrases;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.GeneralPrompts;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TextStatistics;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One job of a solved editor: the concepts as prompts say them, the phrases to keep, and where the
 * weights are. For the engine thread.
 *
 * @param concepts what is edited, at least one
 * @param options the given values
 * @param encoder of the model
 * @param context who started it
 * @param templates the templates for a kind
 */
public record SolveInput(
    List<Concept> concepts,
    SolverSettings options,
    PromptEncoder encoder,
    JobContext context,
    Function<ConceptType, List<PromptTemplate>> templates) {
  private static final double PROMPTS = 0.3; // the weight of general prompts beside names
  private static final int TOKENS = 128; // prompts that stand for all text without a vocabulary

  /** The loaded model. */
  public DiffusionModel model() {
    return encoder.model();
  }

  /** What the model is known to draw. */
  public KnownConcepts vocabulary() {
    return context.knownConcepts();
  }

  /** A concept as prompts say it. */
  public PromptPhrase subject(Concept concept) {
    return PromptPhrase.of(concept.name(), vocabulary());
  }

  /** Words as prompts say them. */
  public PromptPhrase subject(String text) {
    return PromptPhrase.of(text, vocabulary());
  }

  /** The rows that stand for things of a kind. */
  public ConceptEmbeddings rows(ConceptType kind) {
    return new ConceptEmbeddings(
        encoder, options.places(), options.paddingRows(), templates.apply(kind));
  }

  /** Columns of a phrase at the chosen places (d × n). */
  public Matrix columns(PreservedConcept phrase) {
    return rows(phrase.kind()).of(phrase.subject());
  }

  /** Columns of phrases beside each other (d × n), none for none. */
  public Matrix columns(List<PreservedConcept> phrases) {
    return phrases.isEmpty()
        ? Matrix.zeros(width(), 0)
        : Matrix.joinColumns(phrases.stream().map(this::columns).toList());
  }

  /** d, the width of a text embedding. */
  public int width() {
    return encoder.encode("").width();
  }

  /**
   * The columns of each concept with those of its guide, in their order.
   *
   * @param guides in words, one for each concept
   * @throws IllegalArgumentException if a concept would become itself
   */
  public List<ConceptEmbeddings.Pairs> pairs(List<String> guides) {
    List<ConceptEmbeddings.Pairs> pairs = new ArrayList<>();
    for (int i = 0; i < concepts.size(); i++) {
      Concept concept = concepts.get(i);
      pairs.add(rows(concept.kind()).pairs(subject(concept), subject(guides.get(i))));
    }
    return pairs;
  }

  /** What each concept becomes: as given, or nothing, for styles "art". */
  public List<String> guides() {
    return options
        .values()
        .find("guide")
        .map(given -> PhraseList.forEach("guide", options.values(), concepts.size()))
        .orElseGet(
            () ->
                concepts.stream()
                    .map(concept -> concept.kind() == ConceptType.STYLE ? "art" : "")
                    .toList());
  }

  /**
   * The given phrases to keep, or the nearest of the vocabulary and those of {@code keep}; concepts
   * are not among them.
   *
   * @throws IOException if a file of phrases cannot be read
   * @throws IllegalArgumentException if nothing is left of the given ones
   */
  public List<PreservedConcept> preserved() throws IOException {
    return preserved(options.values().find("neighbours").map(Integer::parseInt).orElse(0));
  }

  /** The same with a number of nearest phrases of each concept other than the setting says. */
  public List<PreservedConcept> preserved(int near) throws IOException {
    if (options.preserved().isEmpty()) {
      Set<PreservedConcept> kept = new LinkedHashSet<>(neighbours(near));
      options.phrases("keep").stream().map(this::kept).forEach(kept::add);
      kept.removeIf(phrase -> isConcept(phrase.subject()));
      return List.copyOf(kept);
    }
    List<PreservedConcept> given =
        options.preserved().get().stream()
            .map(this::kept)
            .filter(phrase -> !isConcept(phrase.subject()))
            .toList();
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "the phrases to keep are the concepts themselves; name others");
    }
    return given;
  }

  /** A phrase in words; one that the vocabulary does not know is of the first concept's sort. */
  public PreservedConcept kept(String text) {
    ConceptType otherwise =
        concepts.get(0).kind() == ConceptType.STYLE ? ConceptType.STYLE : ConceptType.OBJECT;
    return new PreservedConcept(
        subject(text), vocabulary().find(text).map(KnownConcepts.Phrase::kind).orElse(otherwise));
  }

  /**
   * The nearest phrases of the vocabulary to each concept, of its sort: things or styles. Without
   * those of {@code may-change}.
   */
  public List<PreservedConcept> neighbours(int each) {
    Set<PreservedConcept> nearest = new LinkedHashSet<>();
    List<PromptPhrase> free = options.phrases("may-change").stream().map(this::subject).toList();
    for (Concept concept : each == 0 ? List.<Concept>of() : concepts) {
      near(concept).first(each + concepts.size() + free.size()).stream()
          .filter(subject -> !isConcept(subject) && !free.contains(subject))
          .limit(each)
          .forEach(subject -> nearest.add(kept(subject.phrase())));
    }
    return List.copyOf(nearest);
  }

  /**
   * The vocabulary's general words, those first that are least like the first concept: a near one
   * may mean it. As many as {@code general-words} says.
   */
  public List<PreservedConcept> generalWords() {
    List<PromptPhrase> words = vocabulary().generalWords().stream().map(this::subject).toList();
    List<PromptPhrase> farthest = new ArrayList<>();
    NearestConcepts.of(encoder, PromptTemplate.ofThings(), subject(concepts.get(0)), words)
        .phrases()
        .forEach(near -> farthest.add(0, near.subject()));
    return farthest.stream()
        .limit(options.integer("general-words"))
        .map(word -> new PreservedConcept(word, ConceptType.OBJECT))
        .toList();
  }

  /**
   * The given phrases to keep, or such as are nothing like the concepts: general words, "a person"
   * for an identity; other styles for styles. What is like a concept holds most of it.
   *
   * @throws IOException if a file of phrases cannot be read
   */
  public List<PreservedConcept> preservedOrGeneral() throws IOException {
    if (options.preserved().isPresent()) {
      return preserved();
    }
    ConceptType kind = concepts.get(0).kind();
    if (kind == ConceptType.STYLE) {
      return neighbours(options.integer("general-words"));
    }
    List<PreservedConcept> person =
        kind == ConceptType.IDENTITY ? List.of(kept("a person")) : List.of();
    return Stream.concat(person.stream(), generalWords().stream()).distinct().toList();
  }

  /**
   * What text looks like in general: the things of the vocabulary, or single tokens where there is
   * none. The concepts are not among them.
   *
   * @param without what is not to be among them either
   */
  public TextStatistics generalText(List<PromptPhrase> without) {
    List<PromptPhrase> others =
        things().stream().filter(subject -> !without.contains(subject)).toList();
    PromptTemplate template = PromptTemplate.ofThings();
    if (others.size() < 2) {
      return TextStatistics.ofTokens(encoder, template, TOKENS);
    }
    return TextStatistics.of(encoder, template, others)
        .and(
            encoder,
            options.generalPrompts() ? GeneralPrompts.of(others, styles()) : List.of(),
            PROMPTS);
  }

  /** {@link GeneralPrompts} about things and styles of the vocabulary that are no concepts. */
  public List<String> generalPrompts() {
    return GeneralPrompts.of(others(), styles());
  }

  /**
   * The things of the vocabulary that are none of the concepts, as many as {@link AskedPhrases}
   * says.
   */
  public List<PromptPhrase> others() {
    return AskedPhrases.of(model().base(), things());
  }

  private List<PromptPhrase> things() {
    return vocabulary().ofStyle(false).stream()
        .map(phrase -> subject(phrase.phrase()))
        .filter(subject -> !isConcept(subject))
        .toList();
  }

  /** {@link TextStatistics#columns} of general text; none for no rows. */
  public Matrix generalColumns(double rows) {
    return rows == 0 ? Matrix.zeros(width(), 0) : generalText(List.of()).columns(rows);
  }

  /**
   * How to read what columns hold and phrases to keep do not: the first {@code kept-directions} of
   * each, the begin token and the {@code empty-directions} of the empty prompt stay exactly, and
   * general text stays as far as it can.
   *
   * @param columns C (d × n)
   * @param preserved what must not move
   * @param without what is not general text either
   * @param rank directions that are read
   * @throws IllegalArgumentException if what is kept holds all of the columns
   */
  public ObliqueReading reading(
      Matrix columns, List<PreservedConcept> preserved, List<PromptPhrase> without, int rank) {
    return ObliqueReading.of(projector(without).second(), columns, held(preserved), rank);
  }

  /** The begin token's and the empty prompt's directions that stay. */
  public Matrix invariants() {
    return TextStatistics.invariants(encoder, options.integer("empty-directions"));
  }

  /** What stays exactly: {@link #invariants} and the {@code kept-directions} of phrases. */
  public Matrix held(List<PreservedConcept> preserved) {
    List<Matrix> held = new ArrayList<>(List.of(invariants()));
    for (PreservedConcept phrase : preserved) {
      held.add(Subspace.ofFirst(columns(phrase), options.integer("kept-directions")).basis());
    }
    return Matrix.joinColumns(held);
  }

  /** Changes general text the least. */
  public ObliqueProjector projector(List<PromptPhrase> without) {
    return ObliqueProjector.of(generalText(without).rows(), options.number("ridge"));
  }

  /** Names of styles that are none of the concepts. */
  private List<String> styles() {
    return vocabulary().ofStyle(true).stream()
        .map(KnownConcepts.Phrase::phrase)
        .filter(style -> !isConcept(subject(style)))
        .toList();
  }

  /** The vocabulary by its nearness to a concept. */
  public NearestConcepts near(Concept concept) {
    return NearestConcepts.of(
        encoder,
        rows(concept.kind()).templates().get(0),
        concept.name(),
        vocabulary(),
        vocabulary().ofStyle(concept.kind() == ConceptType.STYLE));
  }

  /** Whether a subject is one of the concepts, with or without its article. */
  public boolean isConcept(PromptPhrase other) {
    return concepts.stream()
        .map(this::subject)
        .anyMatch(
            concept ->
                concept.phrase().equalsIgnoreCase(other.phrase())
                    || concept.word().equalsIgnoreCase(other.word()));
  }

  /**
   * The names of the weights that are edited, in the model's order.
   *
   * @throws IllegalArgumentException if the model has none of them
   */
  public List<String> targets() {
    List<TargetPattern> patterns =
        options.projections().targets().stream().map(TargetPattern::new).toList();
    List<String> names =
        model().weights().names().stream()
            .filter(name -> patterns.stream().anyMatch(pattern -> pattern.matches(name)))
            .toList();
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "this model has no cross attention as Stable Diffusion 1 and 2 have it; solved editors"
              + " have nothing to edit");
    }
    return names;
  }

  /** A weight of the base (out × d). */
  public Matrix weight(String name) {
    NamedWeights weights = model().weights();
    float[] values = weights.base(name);
    int out = Math.toIntExact(weights.shape(name)[0]);
    return Matrix.of(out, values.length / out, values);
  }
}
