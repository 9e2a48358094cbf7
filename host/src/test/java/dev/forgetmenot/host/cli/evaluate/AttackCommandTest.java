package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
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
  @TempDir static Path folder;
  private static FewConcepts few;

  @BeforeAll
  static void forget() throws IOException {
    few = FewConcepts.in(folder, 6, 4);
  }

  private static ProgramRun attack(String folderName, String... more) {
    List<String> words =
        new ArrayList<>(List.of("attack", "castle", "--list", few.list().toString()));
    words.addAll(List.of("--patch", few.patch().toString(), "--unsigned=allow"));
    words.addAll(List.of("--store", folder.resolve("store").toString()));
    words.addAll(List.of("-o", folder.resolve(folderName).toString()));
    words.addAll(List.of(more));
    return few.onModel(words.toArray(String[]::new));
  }

  @Test
  void saysWhatItTakesThenAttacksAndKeepsWhatIsDone() throws IOException {
    String[] some = {"--attack=names", "--attack=strength", "--attack=off", "--attack=operator"};
    ProgramRun plan = attack("plan", "--plan", "--attack=names");
    assertThat(plan.code()).as(plan.err()).isEqualTo(ExitCodes.DONE);
    assertThat(plan.out())
        .containsPattern("attack names of castle \\(text, static\\): \\d+ UNet evaluations")
        .doesNotContain("attack off", "training");
    assertThat(folder.resolve("plan/report.json")).doesNotExist();
    assertThat(attack("plan", "--plan", "--attack=relearn").out())
        .containsPattern("memory: needs about .*training [0-9.]+ MB, one step [0-9.]+ MB");

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
        .contains("\"preset\":\"quick\"", "\"attack\":\"operator\"", "times the strength: 0.5")
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
