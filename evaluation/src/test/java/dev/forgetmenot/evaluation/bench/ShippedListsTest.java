package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the lists that come with the program hold. */
class ShippedListsTest {
  /** The comment of an artist: years of birth and death. */
  private static final Pattern YEARS =
      Pattern.compile("  - name: ([^#]+) # (\\d{4}) to (\\d{4}) \\((.+)\\)");

  static List<String> lists() {
    return Bench.shipped();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void neighboursAreDistinctAndNotTheTarget(String name) throws IOException {
    Bench bench = Bench.read(name);
    for (BenchConcept concept : bench.concepts()) {
      Set<String> own = concept.ownWords();
      List<String> near = bench.similar(concept).stream().map(ConceptNames::plain).toList();
      assertThat(near).as(concept.name()).doesNotHaveDuplicates().doesNotContainAnyElementsOf(own);
      List<String> random =
          bench.random(concept).stream().map(one -> ConceptNames.plain(one.phrase())).toList();
      assertThat(random)
          .as(concept.name())
          .hasSize(Math.min(concept.random(), rest(bench, concept)))
          .doesNotHaveDuplicates()
          .doesNotContainAnyElementsOf(own)
          .doesNotContainAnyElementsOf(near);
    }
  }

  @ParameterizedTest
  @MethodSource("lists")
  void areKnownByTheDigestOfTheirBytes(String name) throws IOException {
    Path file =
        GoldenFolders.inProject("evaluation/src/main/resources/dev/forgetmenot/evaluation/bench")
            .resolve(name + ".yaml");
    assertThat(Bench.read(name).sha256()).isEqualTo(Sha256.hex(file));
  }

  private static int rest(Bench bench, BenchConcept concept) {
    return RandomNeighbours.candidates(concept, bench.concepts()).size();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void broadConceptsStandInForHarm(String name) throws IOException {
    Bench bench = Bench.read(name);
    assertThat(bench.concepts(ConceptKind.BROAD))
        .extracting(BenchConcept::name)
        .containsExactly("weapon", "drug");
    assertThat(bench.prompts(bench.find("weapon").orElseThrow(), Rung.NAME))
        .contains("a photo of a knife", "a photo of a bomb");
    assertThat(bench.prompts(bench.find("drug").orElseThrow(), Rung.NAME))
        .contains("a photo of a syringe", "a photo of a cigarette", "a photo of a beer");
  }

  @ParameterizedTest
  @MethodSource("lists")
  void generalPromptsAreMany(String name) throws IOException {
    Bench bench = Bench.read(name);
    assertThat(bench.general().prompts()).hasSizeGreaterThanOrEqualTo(100);
    for (BenchConcept concept : bench.concepts()) {
      assertThat(bench.general().without(concept)).hasSizeGreaterThanOrEqualTo(90);
    }
  }

  @Test
  void emojiHasAllThingsAndStylesOfTheModel() throws IOException {
    Bench bench = Bench.read("emoji");
    JsonObject model = model();
    assertThat(bench.concepts(ConceptKind.IDENTITY, ConceptKind.OBJECT))
        .extracting(BenchConcept::name)
        .containsExactlyElementsOf(strings(model.getAsJsonArray("concepts"), "name"))
        .hasSize(125);
    assertThat(bench.concepts(ConceptKind.IDENTITY, ConceptKind.OBJECT))
        .extracting(BenchConcept::phrase)
        .containsExactlyElementsOf(strings(model.getAsJsonArray("concepts"), "phrase"));
    assertThat(bench.concepts(ConceptKind.STYLE))
        .extracting(BenchConcept::name)
        .containsExactlyElementsOf(strings(model.getAsJsonArray("styles"), "name"))
        .hasSize(6);
    assertThat(bench.grid().orElseThrow().things()).hasSize(125);
    assertThat(bench.grid().orElseThrow().styles()).hasSize(6);
    for (BenchConcept thing : bench.concepts(ConceptKind.IDENTITY, ConceptKind.OBJECT)) {
      assertThat(thing.similar()).as(thing.name()).hasSize(5);
      assertThat(thing.similar()).allMatch(one -> bench.find(one.text()).isPresent());
    }
  }

  @Test
  void emojiKnowsTheGeneralWordsOfTheModel() throws IOException {
    Bench bench = Bench.read("emoji");
    Map<String, Set<String>> words = new LinkedHashMap<>();
    for (var entry : model().getAsJsonObject("general_words").entrySet()) {
      JsonObject word = entry.getValue().getAsJsonObject();
      List<String> members = new ArrayList<>();
      if (word.has("members")) {
        word.getAsJsonArray("members").forEach(one -> members.add(one.getAsString()));
      } else {
        members.addAll(word.getAsJsonObject("instances").keySet());
      }
      members.forEach(
          one -> words.computeIfAbsent(one, key -> new TreeSet<>()).add(entry.getKey()));
    }
    assertThat(words).isNotEmpty();
    words.forEach(
        (name, expected) ->
            assertThat(new TreeSet<>(bench.find(name).orElseThrow().generalWords()))
                .as(name)
                .isEqualTo(expected));
  }

  private static JsonObject model() throws IOException {
    return JsonParser.parseString(
            Files.readString(GoldenFolders.inProject("samples/models/emoji-64/concepts.json")))
        .getAsJsonObject();
  }

  private static List<String> strings(JsonArray array, String key) {
    List<String> texts = new ArrayList<>();
    for (JsonElement element : array) {
      texts.add(element.getAsJsonObject().get(key).getAsString());
    }
    return texts;
  }

  @Test
  void coreHasWhatWasPromised() throws IOException {
    Bench bench = Bench.read("core");
    assertThat(bench.concepts(ConceptKind.IDENTITY)).hasSizeGreaterThanOrEqualTo(30);
    assertThat(bench.concepts(ConceptKind.OBJECT)).hasSizeGreaterThanOrEqualTo(50);
    assertThat(bench.concepts(ConceptKind.STYLE)).hasSizeGreaterThanOrEqualTo(30);
    for (BenchConcept concept :
        bench.concepts(ConceptKind.IDENTITY, ConceptKind.OBJECT, ConceptKind.STYLE)) {
      assertThat(concept.similar()).as(concept.name()).hasSize(5);
    }
    for (BenchConcept concept : bench.concepts(ConceptKind.IDENTITY, ConceptKind.OBJECT)) {
      for (Rung rung : List.of(Rung.NAME, Rung.PREFIX, Rung.VARIANT, Rung.SHORT, Rung.LONG)) {
        assertThat(concept.prompts(rung)).as(concept.name() + " " + rung).isNotEmpty();
      }
    }
  }

  @Test
  void descriptionsOfCoreAreEachWrittenForOneConcept() throws IOException {
    Bench bench = Bench.read("core");
    List<String> descriptions = new ArrayList<>();
    for (BenchConcept concept : bench.concepts()) {
      concept.prompts(Rung.SHORT).forEach(prompt -> descriptions.add(prompt.text()));
      for (BenchPrompt prompt : concept.prompts(Rung.LONG)) {
        descriptions.add(prompt.text());
        assertThat(prompt.text().split("[.] ")).as(prompt.text()).hasSize(2);
      }
    }
    assertThat(descriptions).hasSizeGreaterThan(200).doesNotHaveDuplicates();
  }

  @Test
  void generalPromptsOfCoreNameNoConceptButByChance() throws IOException {
    Bench bench = Bench.read("core");
    for (BenchConcept concept : bench.concepts()) {
      for (Mention prompt : bench.general().prompts()) {
        assertThat(ConceptNames.mentions(prompt.text(), concept.names()))
            .as(prompt + " names " + concept.name())
            .isFalse();
      }
    }
  }

  @Test
  void artistsOfCoreDiedBefore1956() throws IOException {
    Set<String> checked = new HashSet<>();
    ListSource.of("core")
        .text()
        .lines()
        .map(YEARS::matcher)
        .filter(java.util.regex.Matcher::matches)
        .forEach(
            line -> {
              int born = Integer.parseInt(line.group(2));
              int died = Integer.parseInt(line.group(3));
              assertThat(died).as(line.group(1)).isLessThan(1956).isBetween(born + 20, born + 100);
              checked.add(line.group(1));
            });
    assertThat(Bench.read("core").concepts(ConceptKind.STYLE))
        .extracting(BenchConcept::name)
        .containsExactlyInAnyOrderElementsOf(checked);
  }
}
