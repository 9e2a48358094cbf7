package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.VocabularyFile;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own form of run files, read without a model. */
class RunYamlTest {
  private static final String METHOD = "method: resteer";
  private static final String CONCEPT = "concepts: [a castle]";

  @TempDir Path folder;
  private RunFiles files;

  @BeforeEach
  void open() throws IOException {
    files = new RunFiles(folder);
  }

  @AfterEach
  void close() {
    files.close();
  }

  @Test
  void everyKeyIsRead() throws IOException {
    Files.createDirectory(folder.resolve("photos"));
    RunPlan plan =
        files.read(
            "operation: forget",
            METHOD,
            "concepts:",
            "  - {name: a lighthouse, kind: object}",
            "  - [charcoal, style]",
            "any-name: true",
            "output: here/there",
            "patch: two.fmnpatch",
            "learning_rate: 2.0e-06",
            "max-grad-norm: 1.",
            "use_pooler: True",
            "end-of-text: none",
            "images: photos",
            "steps: 7",
            "seed: 9",
            "sample-every: 3",
            "sample-count: 2",
            "sample-prompts:",
            "  - a lighthouse --n fog, rain --w 64 --h 128 --d 11 --s 5 --l 2.5",
            "  - 'a boat -- at sea'");
    assertThat(plan.concepts())
        .containsExactly(
            new Concept("a lighthouse", ConceptType.OBJECT),
            new Concept("charcoal", ConceptType.STYLE));
    assertThat(plan.output()).isEqualTo(folder.resolve("here/there"));
    assertThat(plan.anyName()).isTrue();
    assertThat(plan.patch()).contains("two.fmnpatch");
    assertThat(plan.values().all())
        .containsEntry("learning-rate", "2.0e-06")
        .containsEntry("max-grad-norm", "1.")
        .containsEntry("use-pooler", "true")
        .containsEntry("token-selection", "tokens")
        .containsEntry("image-dir", folder.resolve("photos").toString())
        .containsEntry("steps", "7")
        .containsEntry("seed", "9")
        .containsEntry("trainable", "auto");
    assertThat(plan.samples().every()).isEqualTo(3);
    assertThat(plan.samples().requests().get(0))
        .satisfies(
            request -> {
              assertThat(request.prompt()).isEqualTo("a lighthouse");
              assertThat(request.negativePrompt()).isEqualTo("fog, rain");
              assertThat(request.width()).contains(64);
              assertThat(request.height()).contains(128);
              assertThat(request.seed()).isEqualTo(11);
              assertThat(request.steps()).isEqualTo(5);
              assertThat(request.guidance()).isEqualTo(2.5);
              assertThat(request.count()).isEqualTo(2);
            });
    assertThat(plan.samples().requests().get(1).prompt()).isEqualTo("a boat -- at sea");
    assertThat(plan.notes())
        .containsExactly(
            "setting end-of-text is now called token-selection",
            "setting token-selection: none is now called tokens",
            "setting images is now called image-dir");
  }

  @Test
  void whatIsLeftOutHasDefaults() throws IOException {
    Phrase known =
        VocabularyFile.of(EmbeddedModel.folder()).phrases().stream()
            .filter(phrase -> phrase.kind() == ConceptType.IDENTITY)
            .findFirst()
            .orElseThrow();
    RunPlan plan = files.read("concepts: ['" + known.name() + "', moon]");
    assertThat(plan.concepts())
        .containsExactly(
            new Concept(known.name(), ConceptType.IDENTITY),
            new Concept("moon", ConceptType.OBJECT));
    assertThat(plan.method().operation()).isEqualTo("forget");
    assertThat(plan.output()).isEqualTo(folder.resolve("runs/run"));
    assertThat(plan.patch().orElseThrow()).startsWith("forget-").endsWith(".fmnpatch");
    assertThat(plan.report()).isEqualTo(ReportSize.USUAL);
    assertThat(plan.samples().lines())
        .extracting(SampleLine::prompt)
        .containsExactly("a photo of " + known.name(), "a photo of moon");
    assertThat(KnownConcepts.EMPTY.find(known.name())).isEmpty();
  }

  @Test
  void aReportIsASwitchOrANumberOfImages() throws IOException {
    String concepts = CONCEPT;
    assertThat(files.read(concepts, "report: false").report()).isEqualTo(ReportSize.NONE);
    assertThat(files.read(concepts, "report: true").report()).isEqualTo(ReportSize.USUAL);
    RunPlan plan = files.read(concepts, "report: 8");
    assertThat(plan.report()).isEqualTo(ReportSize.of(8));
    assertThat(files.read(new ResolvedConfig(plan).text()).report()).isEqualTo(plan.report());
    assertThatThrownBy(() -> files.read(concepts, "report: 0"))
        .hasMessageContaining("report must be in [1, ");
    assertThatThrownBy(() -> files.read(concepts, "report: some"))
        .hasMessageContaining("report must be true or false");
  }

  @Test
  void theResolvedFileSaysTheSame() throws IOException {
    RunPlan plan =
        files.read(
            METHOD,
            "concepts: [{name: 'no: \"thing\" # at all', kind: object}, ['null', style]]",
            "any_name: true",
            "output: a folder/ö",
            "learning-rate: 4e-4",
            "template: '{} on a table'",
            "sample-prompts: ['a: b --n c # d --d 3', '- e']",
            "sample-sampler: euler-a");
    RunPlan again = files.read(new ResolvedConfig(plan).text());
    assertThat(again.values().all()).isEqualTo(plan.values().all());
    assertThat(again.concepts()).isEqualTo(plan.concepts());
    assertThat(again.samples()).isEqualTo(plan.samples());
    assertThat(again.output()).isEqualTo(plan.output());
    assertThat(again.patch()).isEqualTo(plan.patch());
    assertThat(new ResolvedConfig(again).text()).isEqualTo(new ResolvedConfig(plan).text());
    RunPlan silent = files.read(CONCEPT, "sample-prompts: []");
    assertThat(files.read(new ResolvedConfig(silent).text()).samples()).isEqualTo(silent.samples());
  }

  @Test
  void unknownKeysAreErrorsThatNameNearOnes() {
    assertWrong("run.yaml:3: learning-rat is not a known key", METHOD, CONCEPT, "learning-rat: 1");
    assertWrong("the nearest are learning-rate", METHOD, CONCEPT, "learning-rat: 1");
    assertWrong("the nearest are sample-every", METHOD, CONCEPT, "smaple_every: 1");
    assertWrong(
        "run.yaml:2: kin is not a known key", METHOD, "concepts: [{name: moon, kin: style}]");
  }

  @Test
  void keysThatStandTwiceAreRefused() {
    assertWrong(
        "run.yaml:4: steps is said twice, first in line 2 as steps",
        METHOD,
        "steps: 1",
        CONCEPT,
        "steps: 1");
    assertWrong(
        "first in line 2 as learning-rate",
        METHOD,
        "learning-rate: 1",
        "learning_rate: 1",
        CONCEPT);
  }

  @Test
  void wrongValuesSayFileLineKeyAndWhatIsAllowed() {
    assertWrong("run.yaml:3: steps is not a number: 'many'", METHOD, CONCEPT, "steps: many");
    assertWrong("run.yaml:3: steps must be in [1.0, 100000.0]", METHOD, CONCEPT, "steps: 0");
    assertWrong("run.yaml:3: steps should be one value, not a list", METHOD, CONCEPT, "steps: [1]");
    assertWrong(
        "token-selection must be one of [auto, end, tokens, padding]",
        CONCEPT,
        METHOD,
        "token-selection: x");
    assertWrong(
        "run.yaml:1: use-pooler must be one of [true, false]",
        "use_pooler: maybe",
        METHOD,
        CONCEPT);
    assertWrong(
        "run.yaml:1: operation must be one of [correct, forget, invert]",
        "operation: bake",
        CONCEPT);
    assertWrong("run.yaml:1: method must be one of [", "method: magic", CONCEPT);
    assertWrong("concepts should be a list, not '3'", METHOD, "concepts: 3");
    assertWrong(
        "kind must be one of [identity, object, style]", "concepts: [{name: moon, kind: b}]");
    assertWrong("the key concepts is missing", METHOD);
    assertWrong("concepts names nothing", METHOD, "concepts: []");
    assertWrong("sample-every must be in [0, ", CONCEPT, "sample-every: -1");
    assertWrong("sample-guidance must be a number", CONCEPT, "sample-guidance: much");
    assertWrong("--x is unknown in a sample prompt", CONCEPT, "sample-prompts: [a --x 1]");
    assertWrong("--s needs a number, not 'few'", CONCEPT, "sample-prompts: [a --s few]");
    assertWrong("'--n' has no value", CONCEPT, "sample-prompts: [a --n]");
    assertWrong(
        "sample-prompts cannot be drawn: steps must be", CONCEPT, "sample-prompts: a --s 0");
    assertWrong("patch is a file name in the output folder", CONCEPT, "patch: ../x.fmnpatch");
    assertWrong("model names nowhere, which is not a model", Optional.empty(), "model: nowhere");
  }

  @Test
  void foldersThatAreMissingAreRefusedBeforeTheModel() {
    assertWrong(
        "run.yaml:2: images names " + folder.resolve("gone") + ", which is not there",
        METHOD,
        "images: gone",
        CONCEPT);
    assertWrong("sample-prompts names", CONCEPT, "sample-prompts: gone.txt");
    assertThatThrownBy(() -> files.reader(Optional.empty()).read(folder.resolve("gone.yaml")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gone.yaml is not a file");
  }

  @Test
  void anInversionHasOneConceptAndImages() throws IOException {
    assertWrong("the key image-dir is missing", "operation: invert", CONCEPT);
    Files.createDirectory(folder.resolve("photos"));
    assertWrong(
        "an inversion has one concept", "operation: invert", "images: photos", "concepts: [a, b]");
    RunPlan plan =
        files.read(
            "operation: invert", "images: photos", CONCEPT, "init: 'a|<rand-1>'", "save_every: 5");
    assertThat(plan.method().name()).isEqualTo("inversion");
    assertThat(plan.patch()).isEmpty();
    assertThat(plan.samples().lines()).isEmpty();
    assertThat(plan.values().all()).containsEntry("init", "a\n<rand-1>");
    RunPlan again = files.read(new ResolvedConfig(plan).text());
    assertThat(again.values().all()).isEqualTo(plan.values().all());
  }

  @Test
  void samplePromptsMayBeInAFile() throws IOException {
    Files.writeString(folder.resolve("prompts.txt"), "# two\na boat --d 2\n\na tree\n");
    assertThat(files.read(CONCEPT, "sample-prompts: prompts.txt").samples().lines())
        .extracting(SampleLine::text)
        .containsExactly("a boat --d 2", "a tree");
  }

  @Test
  void whatIsNoRunFileIsRefusedWithItsLine() throws IOException {
    assertWrong("run.yaml:3: is not YAML", "a: 1", "b: [1, 2");
    assertWrong("is empty", "# nothing");
    assertWrong("the file should be keys and values, not a list", "- a");
    assertWrong("holds several documents", CONCEPT, "---", CONCEPT);
    assertWrong("run.yaml:1: name should be one value", "concepts: [&a {name: *a}]");
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "concepts: [ö]".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> files.reader(Optional.empty()).read(latin))
        .hasMessageContaining("line 1: byte 0xf6 is not text in UTF-8");
    Path large = Files.writeString(folder.resolve("large.yaml"), "#".repeat(300_000));
    assertThatThrownBy(() -> files.reader(Optional.empty()).read(large))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining("at most 262144 bytes");
  }

  @Test
  void namesAreQuestionedAsOnTheCommandLine() throws IOException {
    assertWrong(
        "run.yaml:3: the vocabulary of the model does not list 'castel'; did you mean castle",
        METHOD,
        "concepts:",
        "  - {name: castel, kind: object}");
    assertWrong("any-name: true in a run file", "concepts: [[castel, object]]");
    assertWrong("such as cat dog", "concepts: ['cat, dog']");
    assertThat(files.read("concepts: [castel]", "any-name: true").concepts())
        .containsExactly(new Concept("castel", ConceptType.OBJECT));
    assertThat(files.read("concepts: [soccer_ball, a soccer ball]").concepts())
        .containsExactly(new Concept("soccer ball", ConceptType.OBJECT));
    assertThat(files.read("operation: correct", "concepts: [person]").concepts()).hasSize(1);
  }

  @Test
  void aVocabularyThatTheUserNamesIsTheOneThatIsAsked() throws IOException {
    Path words = Files.writeString(folder.resolve("words.txt"), "a lighthouse\n");
    RunFileReader reader =
        new RunFileReader(
            files.reader(Optional.empty()).methods(),
            new ModelChoice(Optional.of(EmbeddedModel.folder())),
            Optional.of(words),
            folder);
    Path known = Files.writeString(folder.resolve("a.yaml"), "concepts: [a lighthouse]\n");
    assertThat(reader.read(known).concepts()).hasSize(1);
    Path unknown = Files.writeString(folder.resolve("b.yaml"), "concepts: [castle]\n");
    assertThatThrownBy(() -> reader.read(unknown)).hasMessageContaining("did you mean");
  }

  private void assertWrong(String message, String... lines) {
    assertWrong(message, Optional.of(EmbeddedModel.folder()), lines);
  }

  private void assertWrong(String message, Optional<Path> model, String... lines) {
    assertThatThrownBy(() -> files.read(model, lines))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }
}
