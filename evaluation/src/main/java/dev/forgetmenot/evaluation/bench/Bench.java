package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.api.edit.KnownConcepts;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list of concepts to evaluate: what is asked for, how it is drawn, and which other concepts are
 * looked at. See docs/concept-bench.md.
 *
 * @param name of the list
 * @param version of the list, raised when it asks for something else
 * @param sha256 of the bytes of its file, in hexadecimal digits
 * @param concepts what is asked for, those of included lists first
 * @param never concepts that the model never knew; may be empty
 */
public record Bench(
    String name,
    int version,
    String sha256,
    BenchModel model,
    BenchJudge judge,
    BenchSeeds seeds,
    List<BenchConcept> concepts,
    List<NeverKnown> never,
    Optional<BenchGrid> grid,
    GeneralPrompts general,
    Optional<PromptTable> csv,
    AttackChoice attacks) {
  /** Copies the lists. */
  public Bench {
    concepts = List.copyOf(concepts);
    never = List.copyOf(never);
  }

  /** Names of the lists that are part of the program. */
  public static List<String> shipped() {
    return ListSource.SHIPPED;
  }

  /**
   * Reads a list and checks all that can be checked without a model.
   *
   * @param nameOrFile one of {@link #shipped}, or a YAML file
   * @throws IOException if the file or one that it includes cannot be read
   * @throws BenchException if it says something that cannot be done; it says all mistakes
   */
  public static Bench read(String nameOrFile) throws IOException {
    return new BenchReader().read(ListSource.of(nameOrFile));
  }

  /**
   * The same for a model.
   *
   * @param side of the images that it was trained on, in pixels
   */
  public Bench sized(int side) {
    return new Bench(
        name,
        version,
        sha256,
        model.sized(side),
        judge,
        seeds,
        concepts,
        never,
        grid,
        general,
        csv,
        attacks);
  }

  /** The concept of a name or phrase, in any case of letters and with or without its article. */
  public Optional<BenchConcept> find(String nameOrPhrase) {
    return find(concepts, nameOrPhrase);
  }

  /** The concept that someone means who may not know the list: by name, phrase or an alias. */
  public Optional<BenchConcept> meant(String text) {
    String plain = ConceptNames.plain(text);
    return find(text)
        .or(
            () ->
                concepts.stream()
                    .filter(
                        concept ->
                            concept.aliases().stream()
                                .anyMatch(alias -> ConceptNames.plain(alias).equals(plain)))
                    .findFirst());
  }

  static Optional<BenchConcept> find(List<BenchConcept> concepts, String nameOrPhrase) {
    String plain = ConceptNames.plain(nameOrPhrase);
    return concepts.stream()
        .filter(
            concept ->
                ConceptNames.plain(concept.name()).equals(plain)
                    || ConceptNames.plain(concept.phrase()).equals(plain))
        .findFirst();
  }

  /** The concepts of some kinds, as listed. */
  public List<BenchConcept> concepts(ConceptKind... kinds) {
    return concepts.stream()
        .filter(concept -> Arrays.asList(kinds).contains(concept.kind()))
        .toList();
  }

  /** How a prompt says a neighbour or a guide, which is a concept's name or itself a phrase. */
  public String phrase(Mention neighbour) {
    return find(neighbour.text()).map(BenchConcept::phrase).orElse(neighbour.text());
  }

  /** The phrases of the near neighbours of a concept. */
  public List<String> similar(BenchConcept concept) {
    return concept.similar().stream().map(this::phrase).toList();
  }

  /** The further neighbours of a concept, the same for the same file. */
  public List<BenchConcept> random(BenchConcept concept) {
    return RandomNeighbours.of(concept, concepts, sha256);
  }

  /** All prompts of a rung of a concept, with names in. */
  public List<String> prompts(BenchConcept concept, Rung rung) {
    List<String> things =
        grid.map(BenchGrid::things).orElse(List.of()).stream().map(this::phrase).toList();
    return concept.prompts(rung).stream()
        .flatMap(prompt -> concept.filled(prompt, things).stream())
        .toList();
  }

  /**
   * What the list names as a vocabulary: its concepts and their neighbours. It serves where a model
   * does not say what it knows.
   */
  public KnownConcepts known() {
    Map<String, KnownConcepts.Phrase> phrases = new LinkedHashMap<>();
    for (BenchConcept concept : concepts) {
      if (concept.kind() != ConceptKind.BROAD) {
        add(phrases, concept.name(), concept.phrase(), concept);
      }
      concept.members().forEach(member -> add(phrases, "", member.text(), concept));
    }
    for (BenchConcept concept : concepts) {
      similar(concept).forEach(phrase -> add(phrases, "", phrase, concept));
    }
    return new KnownConcepts(
        List.copyOf(phrases.values()),
        concepts.stream().flatMap(concept -> concept.generalWords().stream()).distinct().toList());
  }

  private static void add(
      Map<String, KnownConcepts.Phrase> phrases, String name, String phrase, BenchConcept like) {
    phrases.putIfAbsent(
        ConceptNames.plain(phrase),
        new KnownConcepts.Phrase(
            name.isEmpty() ? ConceptNames.withoutArticle(phrase) : name,
            phrase,
            like.kind().type(),
            like.category()));
  }
}
