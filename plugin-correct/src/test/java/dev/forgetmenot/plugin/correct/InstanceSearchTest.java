package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.kit.auto.InstanceSearch;
import dev.forgetmenot.kit.auto.ShareMeasurement;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Instances in drawings, as a judge that follows a script sees them. */
class InstanceSearchTest {
  private static final int IMAGES = 8;
  private static final Concept WORD = new Concept("an animal", ConceptType.OBJECT);

  private static TinyModel tiny;

  private final Listener context = new Listener(TinyModel.VOCABULARY);
  private final Deque<List<String>> script = new ArrayDeque<>();

  @BeforeAll
  static void load() throws IOException {
    tiny = new TinyModel();
  }

  @AfterAll
  static void free() throws IOException {
    tiny.close();
  }

  private void sees(Map<String, Integer> counts) {
    script.add(RuledJudge.seen(counts));
  }

  private <T> T search(Function<InstanceSearch, T> work) {
    RuledJudge judge = new RuledJudge(List.of(), images -> script.remove());
    return tiny.sd
        .engine()
        .call(
            () -> {
              ShareMeasurement drawings = new ShareMeasurement(tiny.sd, judge, IMAGES, 1, 7000);
              return work.apply(
                  new InstanceSearch(WORD, new PromptEncoder(tiny.sd), drawings, context));
            });
  }

  /** How near the text encoder puts the things of the vocabulary to the word. */
  private static Map<String, Double> nearness() {
    List<PromptPhrase> all =
        TinyModel.VOCABULARY.phrases().stream()
            .map(phrase -> PromptPhrase.of(phrase.phrase(), TinyModel.VOCABULARY))
            .toList();
    Map<String, Double> nearness = new LinkedHashMap<>();
    tiny.sd
        .engine()
        .run(
            () ->
                NearestConcepts.of(
                        new PromptEncoder(tiny.sd),
                        PromptTemplate.ofThings(),
                        PromptPhrase.of("animal", TinyModel.VOCABULARY),
                        all)
                    .phrases()
                    .forEach(near -> nearness.put(near.subject().phrase(), near.cosine())));
    return nearness;
  }

  @Test
  void theDominantInstanceShowsMost() {
    sees(Map.of("a cat", 2, "a dog", 5, "a car", 1));
    assertThat(search(InstanceSearch::dominant)).isEqualTo("a dog");
    assertThat(context.said).containsExactly("'an animal' shows a dog in 5 of 8 images");
  }

  @Test
  void aWordThatShowsManyThingsHasNoDominantInstance() {
    sees(Map.of("a cat", 3, "a dog", 3, "a car", 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> search(InstanceSearch::dominant))
        .withMessageMatching(
            "no instance dominates 'an animal': what shows most, a (cat|dog), is in 3 of 8 images,"
                + " and expected was half of them or more; --dominant a (cat|dog) corrects it"
                + " nonetheless");
    sees(Map.of("a cat", 4, "a dog", 3, "a car", 1));
    assertThat(search(InstanceSearch::dominant)).isEqualTo("a cat");
  }

  @Test
  void whatIsSeenAndNearIsFoundWhereItIsOfTheSameCategory() {
    Map<String, Double> near = nearness();
    List<String> found = foundWithDominant("a car", Map.of("a boat", 8), Map.of("a bear", 8));
    assertThat(near.get("a bear")).as("of this model").isPositive();
    assertThat(near.get("a boat")).as("of this model").isPositive();
    assertThat(found).containsExactly("a boat");
    assertThat(context.said).containsExactly("drawn away from a car it shows a boat 8×");
  }

  private List<String> foundWithDominant(
      String dominant, Map<String, Integer> gently, Map<String, Integer> firmly) {
    sees(gently);
    sees(firmly);
    return search(search -> search.overshadowed(dominant));
  }

  /** The tree has no category: anything may be like it. */
  @Test
  void countsAreWeighedByNearness() {
    Map<String, Double> near = nearness();
    List<String> nearest =
        near.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(Map.Entry::getKey)
            .filter(phrase -> !phrase.equals("a tree"))
            .toList();
    assertThat(nearest).as("of this model").hasSizeGreaterThanOrEqualTo(2);
    String one = nearest.get(0);
    String other = nearest.get(nearest.size() - 1);
    assertThat(near.get(one)).isGreaterThan(near.get(other));
    List<String> found =
        foundWithDominant("a tree", Map.of(one, 4, other, 4), Map.of(one, 4, other, 4));
    assertThat(found).startsWith(one);
    boolean both = near.get(other) >= 0.2 * near.get(one);
    assertThat(found.contains(other)).isEqualTo(both);
  }

  @Test
  void whatIsFarOrSeenOnceOrUnknownIsNothing() {
    String far =
        nearness().entrySet().stream()
            .filter(entry -> entry.getValue() <= 0)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> foundWithDominant("a tree", Map.of(far, 7, "a boat", 1), Map.of("a wug", 8)))
        .withMessageContaining(
            "nothing else was found that 'an animal' could mean besides a tree (seen instead: [")
        .withMessageContaining(far)
        .withMessageContaining("a wug")
        .withMessageContaining("name the instances by --balance");
  }

  @Test
  void theDominantOneIsNotFoundAgain() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> foundWithDominant("a boat", Map.of("a boat", 8), Map.of("a boat", 8)))
        .withMessageContaining("(seen instead: [])");
  }

  private TargetShares shares(Map<String, String> given, boolean judged) {
    Settings values = Settings.of(new Balance().parameters(), given);
    InstanceOptions options = new InstanceOptions(values);
    RuledJudge judge = new RuledJudge(List.of(), images -> script.remove());
    return tiny.sd
        .engine()
        .call(
            () -> {
              Optional<ShareMeasurement> drawings =
                  judged
                      ? Optional.of(new ShareMeasurement(tiny.sd, judge, IMAGES, 1, 7000))
                      : Optional.empty();
              return options.shares(WORD, new PromptEncoder(tiny.sd), drawings, context);
            });
  }

  @Test
  void toldInstancesAreSortedByWhatDrawingsShow() {
    assertThat(shares(Map.of("balance", "dog,cat=3"), false).phrases())
        .containsExactly("a dog", "a cat");
    sees(Map.of("a cat", 8));
    assertThat(shares(Map.of("balance", "dog,cat=3"), true)).hasToString("a cat=0.750,a dog=0.250");
    assertThat(shares(Map.of("balance", "dog,cat=3", "dominant", " cat "), true).phrases())
        .as("told, so nothing is drawn")
        .containsExactly("a cat", "a dog");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shares(Map.of("balance", "dog,cat", "dominant", "lion"), true))
        .withMessageContaining("--dominant a lion is none of the instances of --balance");
  }

  @Test
  void whatIsNotToldIsFound() {
    sees(Map.of("a car", 8));
    sees(Map.of("a boat", 8));
    sees(Map.of("a boat", 8));
    assertThat(shares(Map.of(), true)).hasToString("a car=0.500,a boat=0.500");
    sees(Map.of("a boat", 8));
    sees(Map.of("a boat", 8));
    assertThat(shares(Map.of("dominant", "car"), true).phrases())
        .containsExactly("a car", "a boat");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shares(Map.of("dominant", "car"), false))
        .withMessageContaining("no CLIP classifier for this model")
        .withMessageContaining("instances of 'an animal' cannot be found")
        .withMessageContaining("--balance one=1 --balance another=1");
  }

  @Test
  void withoutAVocabularyNothingIsNear() {
    Listener bare = new Listener(KnownConcepts.EMPTY);
    RuledJudge judge =
        new RuledJudge(List.of(), images -> RuledJudge.seen(Map.of("a house", IMAGES)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tiny.sd
                    .engine()
                    .call(
                        () ->
                            new InstanceSearch(
                                    WORD,
                                    new PromptEncoder(tiny.sd),
                                    new ShareMeasurement(tiny.sd, judge, IMAGES, 1, 7000),
                                    bare)
                                .overshadowed("a car")))
        .withMessageContaining("(seen instead: [a house])");
  }
}
