package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import dev.forgetmenot.testkit.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn forget} and {@code patch inspect} with the packed plugins. */
class EditCommandTest {
  private static final String MODEL = EmbeddedModel.folder().toString();

  @TempDir Path folder;
  private String plugins;
  private Path patch;

  @BeforeEach
  void install() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    patch = folder.resolve("a.fmnpatch");
  }

  private ProgramRun forget(String... more) {
    return ProgramRun.of(args(more));
  }

  /** Without a report, by re-steering where no other method is named. */
  private String[] args(String... more) {
    String[] usual = {
      "forget",
      "castle",
      "--no-report",
      "--plugins",
      plugins,
      "--model",
      MODEL,
      "-o",
      patch.toString()
    };
    List<String> args = new ArrayList<>(List.of(usual));
    args.addAll(List.of(more));
    if (Stream.of(more).noneMatch(arg -> arg.startsWith("--method"))) {
      args.add("--method=resteer");
    }
    return args.toArray(String[]::new);
  }

  @Test
  void makesAPatchThatCanBeInspectedAndPutOnTheModel() throws IOException {
    ProgramRun run = forget("--steps", "1", "--no-real-image", "--seed", "3");
    assertThat(run.err()).doesNotContain("fmn:");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("wrote " + patch);
    String id;
    try (PatchFile file = PatchFile.open(patch)) {
      id = file.id();
      assertThat(file.manifest().recipe().parameters()).containsEntry("no-real-image", "true");
      assertThat(file.manifest().recipe().seed()).isEqualTo(3);
      assertThat(file.manifest().base().tokenizer()).isPresent();
      assertThat(file.manifest().base().components()).containsOnlyKeys("unet");
      assertThat(file.manifest().architecture()).isEqualTo("other");
    }
    assertThat(run.out()).contains("patch " + id);

    ProgramRun inspected = ProgramRun.of("patch", "inspect", patch.toString());
    assertThat(inspected.code()).isZero();
    assertThat(inspected.out())
        .contains(id, "castle", "resteer, 1 steps, seed 3", "no-real-image = true", "sha256 ");
    ProgramRun json = ProgramRun.of("patch", "inspect", "--json", patch.toString());
    assertThat(json.out()).startsWith("{").contains("\"fmnpatch\"");

    Path images = folder.resolve("pictures");
    ProgramRun drawn =
        ProgramRun.of(
            "generate",
            "a castle",
            "--plugins",
            plugins,
            "--model",
            MODEL,
            "--steps",
            "1",
            "--seed",
            "1",
            "--patch",
            patch + ":0.8",
            "-o",
            images.toString());
    assertThat(drawn.err()).doesNotContain("fmn:");
    assertThat(ImageFile.text(images.resolve("00000-1.png"), PngFile.KEYWORD).orElseThrow())
        .contains("forget-castle@1.0.0:0.8");
  }

  @Test
  void saysWhoMadeItWhyAndUnderWhichLicence() throws IOException {
    ProgramRun run =
        forget(
            "--method=closed-form",
            "--author",
            "One Studio",
            "--license",
            "CC0-1.0",
            "--patch-version",
            "2.1.0",
            "--reason",
            "a takedown request",
            "--requested-by",
            "the owner",
            "--requires",
            "another");
    assertThat(run.code()).isZero();
    try (PatchFile file = PatchFile.open(patch)) {
      assertThat(file.manifest().authors()).containsExactly("One Studio");
      assertThat(file.manifest().license()).isEqualTo("CC0-1.0");
      assertThat(file.manifest().patchVersion()).isEqualTo("2.1.0");
      assertThat(file.manifest().intent().reason()).contains("a takedown request");
    }
    assertThat(ProgramRun.of("patch", "inspect", patch.toString()).out())
        .contains(
            "a takedown request", "by the owner", "requires   another", "One Studio", "CC0-1.0");
    ProgramRun wrong = forget("--overwrite", "--method=closed-form", "--patch-version", "two");
    assertThat(wrong.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(wrong.err()).contains("1.0.0", "'two'");
  }

  @Test
  void trainedValuesMayBeHalves() throws IOException {
    String[] usual = {
      "--steps", "1", "--no-real-image", "--seed", "3", "--trainable", "cross-attention"
    };
    assertThat(forget(usual).code()).isZero();
    long whole = Files.size(patch);
    List<String> half = new ArrayList<>(List.of(usual));
    half.add("--half");
    half.add("--overwrite");
    assertThat(forget(half.toArray(String[]::new)).code()).isZero();
    assertThat(Files.size(patch)).isBetween(whole / 2, whole * 6 / 10);
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyWhenTold() throws IOException {
    Files.writeString(patch, "mine");
    ProgramRun run = forget("--method=closed-form");
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err())
        .contains(patch + " exists already", "--overwrite", "closed-form is now called uce");
    assertThat(Files.readString(patch)).isEqualTo("mine");
    assertThat(forget("--method=closed-form", "--overwrite").code()).isZero();
    assertThat(Files.size(patch)).isGreaterThan(1000);
  }

  @Test
  void namesThatTheVocabularyDoesNotListAreQuestioned() {
    ProgramRun typed = ProgramRun.of("forget", "merln", "--plugins", plugins, "--model", MODEL);
    assertThat(typed.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(typed.err()).contains("'merln'", "did you mean merlin", "--any-name");
    assertThat(forget("--method=closed-form", "--dry-run", "dragn", "--any-name").code()).isZero();
  }

  @Test
  void helpShowsTheOptionsThatTheEditorDeclares() {
    ProgramRun help =
        ProgramRun.of("forget", "--method", "resteer", "--help", "--plugins", plugins);
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("Options of the method resteer", "--learning-rate", "--token-selection")
        .contains("(default: 35)", "end|tokens|padding");
  }

  @Test
  void refusesWrongValuesWithTwoBeforeLongWork() {
    assertWrong("token-selection must be one of", "--token-selection", "some");
    assertWrong("steps", "--steps", "0");
    assertWrong("Unknown option", "--no-such-option", "1");
    assertWrong("no method is named 'other'; known: ", "--method=other");
    assertThat(patch).doesNotExist();
  }

  private void assertWrong(String message, String... more) {
    ProgramRun run = forget(more);
    assertThat(run.err()).contains(message);
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  @Test
  void aStopBetweenStepsLeavesNothingButItsStateAndIsTakenUpAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    String[] job = args("--steps", "4", "--no-real-image");
    ProgramRun run = ProgramRun.stoppedWhen(() -> asked.incrementAndGet() > 2, job);
    assertThat(run.code()).isEqualTo(ExitCodes.STOPPED);
    Path state = folder.resolve("a.fmnpatch.checkpoint");
    assertThat(run.out()).contains(state.toString(), "--resume");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(folder.resolve("plugins"), state);
    }
    ProgramRun rest = forget("--steps", "4", "--no-real-image", "--resume");
    assertThat(rest.code()).isZero();
    assertThat(patch).exists();
    assertThat(state).doesNotExist();
    ProgramRun again = forget("--steps", "4", "--no-real-image", "--resume");
    assertThat(again.err()).contains("there is nothing to resume");
  }

  @Test
  void theReportOfAForgettingIsPrintedKeptInThePatchAndDrawn() throws IOException {
    ProgramRun run =
        ProgramRun.of(
            "forget",
            "castle",
            "--method",
            "oblique",
            "--plugins",
            plugins,
            "--model",
            MODEL,
            "-o",
            patch.toString());
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("judge B, prototypes, reports; A, texts, chose", "judge A, texts: recognised as")
        .containsPattern("the judges differ on \\d+ of 62 images");
    Matcher said = Pattern.compile("\nrecognised as a castle (\\d+)/16 → ").matcher(run.out());
    assertThat(said.find()).isTrue();
    int before = Integer.parseInt(said.group(1));
    assertThat(before).isGreaterThanOrEqualTo(11);
    assertThat(run.out()).containsPattern("a castle, recognised +" + before + "/16 .* +\\d+/16 ");
    assertThat(ImageFile.read(folder.resolve("a.png")).image().width()).isGreaterThan(500);
    assertThat(Files.readString(folder.resolve("a.md")))
        .startsWith("# Forgetting of \"castle\"\n\n| | before | after |\n")
        .contains("| a castle, recognised | " + before + "/16 (", "judge B, prototypes, reports")
        .contains(
            "Images: 16 of each concept, 2 of each near one, 1 of each other; seeds from 4000")
        .contains("method `oblique`", "![before and after](<a.png>)")
        .doesNotContain("issed");
    try (PatchFile file = PatchFile.open(patch)) {
      Manifest.Evidence gone = file.manifest().evidence().get(0);
      assertThat(gone.prompt()).isEqualTo("an image of a castle");
      assertThat(gone.before()).isEqualTo(before / 16.0);
      assertThat(gone.after()).isLessThanOrEqualTo(1.0 / 16);
      Manifest.Evidence kept = file.manifest().evidence().get(1);
      assertThat(kept.metric()).isEqualTo("others-recognised");
      assertThat(kept.after()).isGreaterThan(kept.before() - 0.1);
    }
  }

  @Test
  void aComparisonLeavesATableASheetAndThePatches() throws IOException {
    Path output = folder.resolve("comparison");
    ProgramRun run =
        ProgramRun.of(
            "compare",
            "castle",
            "--method=closed-form,lambda=2",
            "--method=oblique",
            "--pictures=1",
            "--others=2",
            "--each=1",
            "--steps=2",
            "--plugins",
            plugins,
            "--model",
            MODEL,
            "-o",
            output.toString());
    assertThat(run.code()).isZero();
    assertThat(Files.readString(output.resolve("table.md")))
        .contains("### castle (object)", "| uce lambda=2 |", "| oblique |", "castle.png");
    assertThat(ImageFile.read(output.resolve("castle.png")).image().width()).isGreaterThan(200);
    try (PatchFile file = PatchFile.open(output.resolve("patches/castle-oblique.fmnpatch"))) {
      assertThat(file.manifest().recipe().method()).isEqualTo("oblique");
    }
    ProgramRun wrong =
        ProgramRun.of("compare", "castle", "--method=none", "--plugins", plugins, "--model", MODEL);
    assertThat(wrong.err()).contains("no method is named 'none'");
  }

  @Test
  void aDryRunSaysWhatWouldBeHarmedAndWritesNothing() throws IOException {
    ProgramRun run = forget("--method=oblique", "--dry-run");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("oblique would take about", "cond(I + D)", "nearest to 'castle', at risk: ");
    assertThat(patch).doesNotExist();
  }

  @Test
  void aPatchThatNoPluginTakesIsAnError() throws IOException {
    assertThat(forget("--steps", "1", "--no-real-image").code()).isZero();
    Path none = Files.createDirectory(folder.resolve("none"));
    ProgramRun run =
        ProgramRun.of(
            "generate",
            "x",
            "--plugins",
            none.toString(),
            "--model",
            MODEL,
            "--patch",
            patch.toString(),
            "-o",
            folder.resolve("pictures").toString());
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("plugin-patch is missing", patch.toString());
  }

  @Test
  void aFileThatIsNoPatchIsRefused() throws IOException {
    Files.writeString(patch, "no patch");
    ProgramRun run = ProgramRun.of("patch", "inspect", patch.toString());
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("FMN-1", patch.toString());
    assertThat(ProgramRun.of("patch").code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  @Test
  void anEditorOfAnotherPluginIsChosenByItsName() throws IOException {
    PluginJar.of("zeta", "1.0.0")
        .extension(
            "zeta.Zeta",
            """
            package zeta;
            import dev.forgetmenot.api.edit.*;
            import dev.forgetmenot.api.model.DiffusionModel;
            import java.util.List;
            public class Zeta implements ConceptEditor {
              public String name() { return "zeta"; }
              public Operation operation() { return Operation.FORGET; }
              public String summary() { return "Does 100% of nothing."; }
              public List<SettingSpec> parameters() {
                return List.of(SettingSpec.number("zeal", 0.5, 0, 1, "How much of 100%."));
              }
              public dev.forgetmenot.patch.PatchDraft edit(
                  List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
                throw new IllegalArgumentException("zeal was " + values.number("zeal"));
              }
            }
            """)
        .write(Path.of(plugins));
    ProgramRun help = ProgramRun.of("forget", "--method", "zeta", "--help", "--plugins", plugins);
    assertThat(help.out())
        .contains("How much of 100% (default: 0.5).", "zeta: Does 100% of nothing.")
        .doesNotContain("--learning-rate");
    ProgramRun run = forget("--method", "zeta", "--zeal", "0.25");
    assertThat(run.err()).contains("zeal was 0.25");
  }
}
