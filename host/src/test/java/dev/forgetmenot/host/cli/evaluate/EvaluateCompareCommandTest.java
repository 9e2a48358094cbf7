package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.EvaluationReport.Base;
import dev.forgetmenot.evaluation.report.EvaluationReport.BenchSource;
import dev.forgetmenot.evaluation.report.EvaluationReport.Drawing;
import dev.forgetmenot.evaluation.report.EvaluationReport.Judging;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.evaluation.report.EvaluationReport.Tool;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn evaluate compare}. */
class EvaluateCompareCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeReports() throws IOException {
    write("one", "first", "list");
    write("two", "second", "list");
    write("three", "second", "another");
  }

  @Test
  void saysTheTables() {
    ProgramRun run = compare("one", "two", "--beside", "speed");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out())
        .contains("| Measure | original | first | second |")
        .contains("| SPEED | 5.9 |");
  }

  @Test
  void writesAPageOrMarkdownAndKeepsWhatIsThere() throws IOException {
    Path page = folder.resolve("table.html");
    assertThat(compare("one", "two", "-o", page.toString()).code()).isEqualTo(ExitCodes.DONE);
    assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("<table");
    assertThat(compare("one", "two", "-o", page.toString()).err()).contains("exists already");
    Path text = folder.resolve("table.md");
    assertThat(compare("one", "two", "-o", text.toString()).code()).isEqualTo(ExitCodes.DONE);
    assertThat(text).content().startsWith("**Counts of the patched models");
  }

  @Test
  void runsOfTheSamePatchAreToldApartByTheirFolders() {
    assertThat(compare("one", "one").out())
        .contains("| Measure | original | first, " + folder.resolve("one") + " | ");
  }

  @Test
  void refusesReportsOfOtherLists() {
    ProgramRun run = compare("one", "three");
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err())
        .contains("'first' and 'second' are of other lists: list, version 1")
        .contains("another, version 1");
  }

  @Test
  void saysWhichFolderHasNoReport() {
    ProgramRun run = compare("one", "four");
    assertThat(run.code()).isNotEqualTo(ExitCodes.DONE);
    assertThat(run.err()).contains(folder.resolve("four").resolve("report.json").toString());
  }

  private ProgramRun compare(String first, String second, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "evaluate",
                "compare",
                folder.resolve(first).toString(),
                folder.resolve(second).toString()));
    words.addAll(List.of(more));
    return ProgramRun.of(words.toArray(String[]::new));
  }

  private void write(String name, String patch, String list) throws IOException {
    EvaluationReport report =
        new EvaluationReport(
            new BenchSource(list, 1, "0".repeat(64), "none"),
            new Base("1".repeat(64), "base"),
            List.of(new TestedPatch("2".repeat(64), patch + ".fmnpatch", 1, Optional.empty())),
            new Tool("0.1.0", "cpu-f32-1"),
            "3".repeat(64),
            new Drawing("ddim", 20, 5, 64, 64, ""),
            List.of(),
            new Judging(List.of(), List.of(), List.of(), Optional.empty()),
            List.of(
                new Part(
                    "forgetting",
                    "Whether it still comes.",
                    List.of(),
                    List.of(new NotTested("UA", "", "", "The list has no target.")),
                    0)),
            List.of(),
            Optional.empty(),
            "fmn evaluate " + list);
    ReportWriter.write(folder.resolve(name), report, key -> null);
  }
}
