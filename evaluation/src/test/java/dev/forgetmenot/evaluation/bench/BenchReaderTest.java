package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the schema of lists allows, and what is said where a list breaks it. */
class BenchReaderTest {
  @TempDir Path folder;
  private ListFile list;

  @BeforeEach
  void makeList() {
    list = new ListFile(folder);
  }

  @Test
  void readsAllThatAListSays() throws IOException {
    Bench bench = list.good();
    assertThat(bench.name()).isEqualTo("small");
    assertThat(bench.version()).isEqualTo(1);
    BenchModel drawn = new BenchModel("ddim", 20, 5, 64, 64, "");
    assertThat(bench.model()).isEqualTo(drawn);
    assertThat(bench.sized(512).model()).as("the list says a size").isEqualTo(drawn);
    assertThat(bench.judge().vocabulary()).isEmpty();
    assertThat(bench.judge().prototypes()).isTrue();
    assertThat(bench.judge().calibration().seeds().boxed()).hasSize(16).contains(900_000L);
    assertThat(bench.seeds().target().seeds().boxed()).hasSize(64).contains(1000L, 1063L);
    assertThat(bench.seeds().luck().count()).isEmpty();
    assertThat(bench.attacks().preset()).isEqualTo(AttackChoice.Preset.NONE);
    assertThat(bench.never()).isEmpty();
    BenchConcept tower = bench.concepts().get(0);
    assertThat(tower.kind()).isEqualTo(ConceptKind.OBJECT);
    assertThat(tower.aliases()).containsExactly("the keep");
    assertThat(tower.prompts()).extracting(BenchPrompt::rung).containsExactly(Rung.values());
    assertThat(tower.prompts(Rung.LANGUAGES).get(0).language()).isEqualTo("de");
    assertThat(tower.place()).isEqualTo(new Place(list.file(), 9, 5));
    assertThat(bench.sha256()).hasSize(64);
  }

  @Test
  void saysAllMistakesAtOnceByLine() throws IOException {
    List<String> problems =
        list.problems(
            ListFile.GOOD
                .replace("steps: 20", "steps: many")
                .replace("kind: style", "kind: stile")
                .replace("bench: small", "bench: small\ncolour: red")
                .replace("random: 1\n    prompts:\n", "prompts:\n"));
    assertThat(problems)
        .satisfiesExactly(
            one -> assertThat(one).startsWith("list.yaml:2:1: colour is not a known key"),
            one ->
                assertThat(one)
                    .isEqualTo("list.yaml:4:31: steps must be a whole number, not 'many'"),
            one ->
                assertThat(one)
                    .isEqualTo(
                        "list.yaml:36:11: kind must be one of identity, object, style, broad, not"
                            + " 'stile'; did you mean style?"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version: 1|version: one|list.yaml:2:10: version must be a whole number, not 'one'
          size: [64, 64]|size: [64, 65]|list.yaml:3:59: size must be a multiple of 8, not 65
          size: [64, 64]|size: own|list.yaml:3:54: size should be [width, height], or model for the model's own size, not own
          size: [64, 64]|size: [64]|list.yaml:3:54: size should be [width, height], not a list of 1
          guidance: 5|guidance: -1|list.yaml:3:45: guidance must be in [0.0, 100.0], not -1
          target: [1000, 64]|target: 7|list.yaml:5:17: target should be a list, not '7'
          target: [1000, 64]|target: [7]|list.yaml:5:17: target should be [first seed, how many]
          preset: none|preset: some|list.yaml:7:19: preset must be one of none, quick, standard, paper, not
          preset: none|set: {k: 3}, preset: none|list.yaml:7:20: k should be attack.setting, like
          seeds: 1}|sedes: 1}|list.yaml:6:58: sedes is not a known key; the nearest are seeds
          vocabulary: model|vocabulary: words.txt|list.yaml:4:21: vocabulary names
          similar: [a pencil drawing]|similar: []|list.yaml:38:14: similar is an empty list
          similar: [a pencil drawing]|similar: [{a: b}]|list.yaml:38:15: similar should be one
          prompts: [a quiet street, a tower in the fog]|prompts: gone.txt|which cannot be
          prompts: [a quiet street, a tower in the fog]|prompts: [" "]|list.yaml:6:21: prompts is
          """)
  void refusesWrongValues(String old, String changed, String message) throws IOException {
    if (message.startsWith("which")) {
      assertThat(list.problems(old, changed).get(0)).contains("names a file that cannot be read");
    } else {
      assertThat(list.problems(old, changed)).first().asString().startsWith(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bench", "version", "model", "judge", "seeds", "general", "attacks"})
  void refusesAMissingKey(String key) throws IOException {
    String text = ListFile.GOOD.replaceFirst("(?m)^" + key + ":.*\n", "");
    assertThat(list.problems(text))
        .singleElement()
        .asString()
        .startsWith("list.yaml:1:1: the key " + key + " is missing: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"name: tower", "kind: object", "phrase: a tower"})
  void refusesAConceptWithoutAKey(String line) throws IOException {
    String key = line.substring(0, line.indexOf(':'));
    String text = ListFile.GOOD.replaceFirst("    " + line + "\n", "    category: x\n");
    if (key.equals("name")) {
      text = ListFile.GOOD.replaceFirst("- name: tower", "- category: x");
    }
    assertThat(list.problems(text))
        .anyMatch(one -> one.startsWith("list.yaml:9:5: the key " + key + " is missing: "));
  }

  @Test
  void refusesTextThatIsNoYaml() throws IOException {
    assertThat(list.problems("bench: [a\n")).singleElement().asString().contains("is not YAML");
    assertThat(list.problems("- a\n")).first().asString().startsWith("list.yaml:1:1: the file");
    assertThat(list.problems("bench: a\nbench: b\n")).first().asString().contains("said twice");
  }

  @Test
  void aListThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> Bench.read(folder.resolve("gone.yaml").toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gone.yaml is not a file: name a file, or one of the lists [emoji,");
  }

  @Test
  void includesAnotherListAndTakesWhatItLeavesOut() throws IOException {
    Files.writeString(folder.resolve("base.yaml"), ListFile.GOOD);
    Bench bench =
        list.read(
            """
            bench: mine
            version: 3
            include: base.yaml
            general: {prompts: [a harbour]}
            concepts:
              - {name: barn, kind: object, phrase: a barn, similar: [mill], random: 1, prompts: {name: ["{}"]}}
            """);
    assertThat(bench.name()).isEqualTo("mine");
    assertThat(bench.version()).isEqualTo(3);
    assertThat(bench.model().steps()).isEqualTo(20);
    assertThat(bench.general().prompts()).extracting(Mention::text).containsExactly("a harbour");
    assertThat(bench.concepts())
        .extracting(BenchConcept::name)
        .containsExactly("tower", "chimney", "mill", "ink", "barn");
  }

  @Test
  void aShippedListCanBeIncluded() throws IOException {
    Bench bench =
        list.read(
            """
            bench: mine
            version: 1
            include: [core]
            concepts:
              - {name: barn, kind: object, phrase: a barn, similar: [windmill], prompts: {name: ["{}"]}}
            """);
    assertThat(bench.find("lighthouse")).isPresent();
    assertThat(bench.find("a barn")).isPresent();
  }

  @Test
  void refusesToIncludeAListTwice() throws IOException {
    assertThat(list.problems("version: 1\n", "version: 1\ninclude: list.yaml\n"))
        .first()
        .asString()
        .startsWith("list.yaml:3:10: include names ")
        .endsWith("which is read already: take it out here");
  }

  @Test
  void ofAListThatCannotBeIncludedOnlyThatIsSaid() throws IOException {
    assertThat(list.problems("bench: mine\nversion: 1\ninclude: gone.yaml\n"))
        .singleElement()
        .asString()
        .startsWith("list.yaml:3:10: include names a list that cannot be read: ");
  }

  @Test
  void generalPromptsComeFromAFileWithOneALine() throws IOException {
    Files.writeString(folder.resolve("p.txt"), "# ours\na quiet street\n\na harbour\n");
    Bench bench = list.read(ListFile.GOOD.replace("[a quiet street, a tower in the fog]", "p.txt"));
    assertThat(bench.general().prompts())
        .extracting(Mention::text)
        .containsExactly("a quiet street", "a harbour");
    assertThat(bench.general().prompts().get(1).place().line()).isEqualTo(4);
  }
}
