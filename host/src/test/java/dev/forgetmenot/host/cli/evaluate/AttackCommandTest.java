package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn attack} on the embedded model, by a list of few concepts and steps. */
class AttackCommandTest {
  private static final String WORDS = "a castle\na house\na fox\na guitar\n";
  private static final String LIST =
      """
      bench: few
      version: 1
      model: {sampler: ddim, steps: 6, guidance: 3, size: [64, 64]}
      judge: {vocabulary: words.txt, text: model, second: prototypes, calibrationSeeds: [900, 4]}
      seeds: {target: [1000, 4], retain: [2000, 1], luck: [50000, auto], training: [1, 3]}
      general: {prompts: ["a photo of a fox with a guitar"]}
      attacks: {preset: none}
      concepts:
        - {name: castle, kind: object, phrase: a castle, similar: [house], prompts: {name: ["a photo of {}", "a picture of {}"]}}
        - {name: house, kind: object, phrase: a house, similar: [castle], prompts: {name: ["a photo of {}"]}}
        - {name: fox, kind: object, phrase: a fox, similar: [guitar], prompts: {name: ["a photo of {}"]}}
        - {name: guitar, kind: object, phrase: a guitar, similar: [fox], prompts: {name: ["a photo of {}"]}}
      """;

  @TempDir static Path folder;
  private static String plugins;
  private static Path list;
  private static Path patch;

  @BeforeAll
  static void forget() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    Files.writeString(folder.resolve("words.txt"), WORDS);
    list = Files.writeString(folder.resolve("few.yaml"), LIST);
    patch = folder.resolve("no-castle.fmnpatch");
    ProgramRun forget =
        onModel("forget", "castle", "--method=uce", "--no-report", "-o", patch.toString());
    assertThat(forget.code()).as(forget.err()).isEqualTo(ExitCodes.DONE);
  }

  private static ProgramRun onModel(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--plugins", plugins, "--model", EmbeddedModel.folder().toString()));
    return ProgramRun.of(all.toArray(String[]::new));
  }

  private static ProgramRun attack(String folderName, String... more) {
    List<String> words = new ArrayList<>(List.of("attack", "castle", "--list", list.toString()));
    words.addAll(List.of("--patch", patch.toString(), "--unsigned=allow"));
    words.addAll(List.of("--store", folder.resolve("store").toString()));
    words.addAll(List.of("-o", folder.resolve(folderName).toString()));
    words.addAll(List.of(more));
    return onModel(words.toArray(String[]::new));
  }

  @Test
  void saysWhatItTakesThenAttacksAndKeepsWhatIsDone() throws IOException {
    String[] some = {"--attack=names", "--attack=strength", "--attack=off", "--attack=operator"};
    ProgramRun plan = attack("plan", "--plan", "--attack=names");
    assertThat(plan.code()).as(plan.err()).isEqualTo(ExitCodes.DONE);
    assertThat(plan.out())
        .containsPattern("attack names of castle \\(text, static\\): \\d+ UNet evaluations")
        .doesNotContain("attack off");
    assertThat(folder.resolve("plan/report.json")).doesNotExist();

    ProgramRun first = attack("first", some);
    assertThat(first.code()).as(first.err()).isEqualTo(ExitCodes.DONE);
    assertThat(first.out())
        .contains("attack names on the patched model, a castle")
        .contains("attack names on the original model, a castle")
        .containsPattern("names +by name +text +\\d+ +[0-9.]+ +\\d/4 ")
        .containsPattern("strength +weights +\\d+ ")
        .containsPattern("off +weights restored .* (\\d+)/\\1 .*RESTORED")
        .containsPattern("NOT TESTED: .*names other names");
    String report = Files.readString(folder.resolve("first/report.json"));
    assertThat(report)
        .contains("\"preset\":\"quick\"", "\"attack\":\"operator\"", "times the strength: 0.75")
        .contains("fmn attack castle --patch");

    ProgramRun again = attack("again", some);
    assertThat(again.code()).as(again.err()).isEqualTo(ExitCodes.DONE);
    assertThat(again.out()).doesNotContain("attack names on the");
    assertThat(again.err()).doesNotContain("drawing");
    assertThat(folder.resolve("again/report.json"))
        .hasSameTextualContentAs(folder.resolve("first/report.json"));
  }

  @Test
  void refusesWhatIsNotThere() {
    ProgramRun named = attack("none", "--attack=nams");
    assertThat(named.code()).isNotEqualTo(ExitCodes.DONE);
    assertThat(named.err()).contains("no attack is named 'nams'", "is names");
    assertThat(attack("none", "--budget=fast").err())
        .contains("a budget of attacks is quick, standard or paper, not 'fast'");
  }
}
