package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import dev.forgetmenot.testkit.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the host says of a correction, with an editor of a plugin that shifts every image: it harms
 * what it should and what it should not.
 */
class CorrectCommandTest {
  private static final String MODEL =
      GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model").toString();
  private static final String SHIFT =
      """
      package shift;
      import dev.forgetmenot.api.edit.*;
      import dev.forgetmenot.api.model.DiffusionModel;
      import dev.forgetmenot.patch.*;
      import dev.forgetmenot.patch.edit.*;
      import java.util.*;
      public class Shift implements ConceptEditor {
        public String name() { return "shift"; }
        public Operation operation() { return Operation.CORRECT; }
        public String summary() { return "Shifts all that is drawn."; }
        public List<SettingSpec> parameters() {
          return List.of(
              SettingSpec.number("by", 0.4, 0, 1, "How far."),
              SettingSpec.text("instances", SettingSpec.Type.TEXT, "", "Separated by commas."));
        }
        public PatchDraft edit(
            List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
          Concept word = new Concept("a wizard", concepts.get(0).kind());
          context.goal(new EditGoal(word, List.of("a stranger"), List.of()));
          List<String> instances = List.of(values.text("instances").split(","));
          context.goal(new EditGoal(word, instances, List.of("a castle")));
          String target = "unet/conv_out.weight";
          float[] shift = model.weights().base(target);
          for (int i = 0; i < shift.length; i++) {
            shift[i] *= (float) -values.number("by");
          }
          return new PatchDraft(
              "correct-shift", "Shifts.",
              new Manifest.Intent("correct", List.of(new Manifest.IntentConcept(word.name(), "object", List.of()))),
              List.of(new DeltaEdit(Map.of(target, new Delta(model.weights().shape(target), shift)))),
              new Manifest.Recipe(name(), values.all(), 0, 0, "shift", "1.0.0", List.of()),
              List.of(), Map.of());
        }
      }
      """;

  @TempDir Path folder;
  private String plugins;
  private Path patch;
  private Path words;

  @BeforeEach
  void install() throws IOException {
    Path jars = PackagedPlugins.copyTo(folder.resolve("plugins"));
    PluginJar.of("shift", "1.0.0").extension("shift.Shift", SHIFT).write(jars);
    plugins = jars.toString();
    patch = folder.resolve("a.fmnpatch");
    words =
        Files.writeString(
            folder.resolve("words.txt"),
            "merlin:identity\nmorgana:identity\na castle\na fox\na boat\n");
  }

  private ProgramRun run(String... args) {
    String[] usual = {"--plugins", plugins, "--model", MODEL, "--vocabulary", words.toString()};
    return ProgramRun.of(
        Stream.concat(Arrays.stream(args), Arrays.stream(usual)).toArray(String[]::new));
  }

  private ProgramRun correct(String... more) {
    String[] usual = {
      "correct", "wizard", "--method=shift", "--report-pictures=4", "-o", patch.toString()
    };
    return run(Stream.concat(Arrays.stream(usual), Arrays.stream(more)).toArray(String[]::new));
  }

  @Test
  void countsWhatTheWordShowsKeepsItInThePatchAndBesideItAndSaysWhatIsMissed() throws IOException {
    ProgramRun run = correct("--instances=merlin,morgana");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .containsPattern("a wizard shows merlin +\\d/4 .*\\d/4 ")
        .containsPattern("morgana by its own name +\\d/2 .*\\d/2 ")
        .containsPattern("a wizard: merlin \\d/4 → \\d/4 \\[\\d+ %, \\d+ %\\], morgana ")
        .contains("a wizard, similarity to a castle", "2 others, recognised", "missed: ");
    String page = Files.readString(folder.resolve("a.md"));
    assertThat(page)
        .startsWith("# Correction of \"wizard\"")
        .contains("| a wizard shows morgana | ", "Missed:\n\n- ", "![before and after](<a.png>)")
        .contains("4 of each general word, 2 of each own name, 1 of each other")
        .contains("seeds from 4000, 20 steps of DDIM", "method `shift`", "| by | 0.4 |");
    assertThat(ImageFile.read(folder.resolve("a.png")).image().width()).isGreaterThan(800);
    try (PatchFile file = PatchFile.open(patch)) {
      List<Manifest.Evidence> evidence = file.manifest().evidence();
      assertThat(evidence)
          .extracting(Manifest.Evidence::metric)
          .contains("recognised-as:merlin", "recognised-as:morgana", "similarity-to:a castle")
          .containsOnlyOnce("others-recognised");
      assertThat(evidence.get(0).prompt()).isEqualTo("an image of a wizard");
      assertThat(evidence)
          .filteredOn(line -> line.metric().equals("recognised-as-target"))
          .extracting(Manifest.Evidence::prompt)
          .containsExactly("an image of merlin", "an image of morgana", "an image of a castle");
      Manifest.Evidence similarity =
          evidence.stream()
              .filter(line -> line.metric().startsWith("sim"))
              .findFirst()
              .orElseThrow();
      assertThat(similarity.after()).isNotEqualTo(similarity.before());
    }
  }

  @Test
  void whatTheJudgeDoesNotKnowIsNotMeasured() throws IOException {
    ProgramRun run = correct("--instances=somebody,morgana");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("not measured: ", "does not name what the concept shows");
    assertThat(folder.resolve("a.md")).doesNotExist();
    try (PatchFile file = PatchFile.open(patch)) {
      assertThat(file.manifest().evidence()).isEmpty();
    }
  }

  @Test
  void aRunFileLeavesTheSameReport() throws IOException {
    Path output = folder.resolve("output");
    Path file =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            operation: correct
            method: shift
            concepts: [wizard]
            instances: merlin,morgana
            report: 4
            sample-count: 1
            sample-steps: 2
            output:\s"""
                + output
                + "\n");
    ProgramRun run = run("run", file.toString());
    assertThat(run.code()).isZero();
    assertThat(run.out()).containsPattern("a wizard shows merlin +\\d/4 ").contains("missed: ");
    assertThat(output.resolve("correct-wizard.md")).exists();
    assertThat(output.resolve("correct-wizard.png")).exists();
    assertThat(Files.readString(output.resolve("config.yaml"))).contains("report: 4\n");
  }

  @Test
  void aComparisonHasALineForEachMethodThatCan() throws IOException {
    Path output = folder.resolve("comparison");
    ProgramRun run =
        run(
            "compare",
            "wizard",
            "--operation=correct",
            "--method=shift,instances=merlin\\,morgana",
            "--method=shift,by=0.1,instances=merlin\\,morgana",
            "--method=shift,instances=merlin\\,merlin",
            "--pictures=2",
            "--others=2",
            "--each=1",
            "--steps=2",
            "-o",
            output.toString());
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("cannot: an instance of 'a wizard' is named twice");
    assertThat(Files.readString(output.resolve("table.md")))
        .contains("### a wizard: merlin, morgana\n", "2 images; 1 of each own name; 2 others × 1")
        .containsPattern(
            "\\| untouched \\| 0.0 \\| 0.0 KiB \\| \\d+ % \\| \\d+ % \\| -?\\+?0.0 \\|")
        .containsPattern("\\| shift instances=merlin,morgana \\| \\d")
        .containsPattern("\\| shift by=0.1 instances=merlin,morgana \\| \\d")
        .doesNotContain("merlin,merlin");
    assertThat(ImageFile.read(output.resolve("wizard.png")).image().width()).isGreaterThan(200);
    assertThat(run("compare", "wizard", "--operation=paint").err()).contains("forget or correct");
    assertThat(run("compare", "wizard", "--method=shift").err())
        .contains("no method is named 'shift'");
  }
}
