package dev.forgetmenot.evaluation.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.evaluation.report.SampleReport;
import dev.forgetmenot.evaluation.statement.TestResult.Outcome;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.patch.Statement;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a report to a statement, and back to what it says of a patch. */
class AttestedReportTest {
  private static final SigningKey ANN = SigningKey.generate();
  private static final String PATCH = "merlin.fmnpatch";
  private static final String ID = SampleReport.digest(PATCH);

  @TempDir Path folder;

  private AttestedReport written(EvaluationReport report) throws IOException {
    ReportWriter.write(folder, report, SampleReport::image);
    return AttestedReport.read(folder);
  }

  private static TestResult result(Statement statement) throws PatchFormatException {
    return TestResult.read("x", Statement.read("x", statement.bytes()));
  }

  private static Part attacks(int found, NotTested... notTested) {
    Count floor = new Count(1, 192);
    Count came = new Count(found, 64);
    return new Part(
        "attacks",
        "Whether it can be brought back.",
        List.of(
            Measurement.builder("unlearndiff@quick", "merlin")
                .judge("B")
                .in(Unit.PERCENT, Good.LOW)
                .patched(SampleReport.reading(came))
                .question(
                    new Question(
                        SampleReport.reading(came),
                        SampleReport.reading(new Count(62, 64)),
                        SampleReport.reading(floor),
                        SampleReport.reading(new Count(78, 80)),
                        ExactTest.fisherGreater(came, floor)))
                .build()),
        List.of(notTested),
        64);
  }

  private static EvaluationReport attacked(int found, NotTested... notTested) {
    return SampleReport.with(SampleReport.of(PATCH), attacks(found, notTested));
  }

  @Test
  void everyRowWithAVerdictIsATest() throws IOException {
    AttestedReport report = written(SampleReport.of(PATCH));
    Statement statement = report.ofPatch("a.fmnpatch");
    TestResult result = result(statement);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.failed()).containsExactly("prefix/lighthouse");
    assertThat(result.passed()).contains("name/lighthouse, judge B", "name/lighthouse, judge A");
    assertThat(result.warned())
        .contains("variant/lighthouse, judge B: NO BASELINE", "short/lighthouse: NOT TESTED");
    assertThat(result.report()).contains(Sha256.hex(folder.resolve("report.json")));

    ResourceDescriptor subject = statement.about(ID).orElseThrow();
    assertThat(statement.subjects()).containsExactly(subject);
    assertThat(subject.name()).isEqualTo("manifest.json");
    assertThat(new String(statement.bytes(), StandardCharsets.UTF_8))
        .startsWith("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"mani")
        .contains("\"annotations\":{\"patch\":\"a.fmnpatch\",\"strength\":1}}]")
        .contains("\"predicateType\":\"https://in-toto.io/attestation/test-result/v0.1\"")
        .contains("\"forgetmenot_report\":{\"name\":\"report.json\",\"digest\":{\"sha256\":\"");
    assertThat(report.ofPatch("a.fmnpatch").bytes()).isEqualTo(statement.bytes());
  }

  @Test
  void saysWhatItDependsOn() throws IOException {
    TestResult result = result(written(SampleReport.of(PATCH)).ofPatch(PATCH));
    assertThat(result.configuration())
        .extracting(ResourceDescriptor::name)
        .containsExactly("bench.yaml", "base", "judge-B", "judge-A", "plan.jsonl", "tool");
    assertThat(result.configured("bench.yaml").orElseThrow().digest())
        .containsEntry("sha256", SampleReport.digest("list"));
    assertThat(result.configured("base").orElseThrow().digest())
        .containsEntry("fmn_model_v1", SampleReport.digest("base"));
    assertThat(result.configured("plan.jsonl").orElseThrow().digest())
        .containsEntry("sha256", SampleReport.digest("plan " + PATCH));
    assertThat(result.configured("tool").orElseThrow().uri())
        .contains("pkg:maven/dev.forgetmenot/fmn-host@0.1.0");
  }

  /** Attacks are ordinary rows with a question: nothing here knows them. */
  @Test
  void attacksJoinAsTheyAre() throws IOException {
    TestResult passed = result(written(attacked(0)).ofPatch(PATCH));
    assertThat(passed.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(passed.passed()).containsExactly("unlearndiff@quick/merlin");
    NotTested left = new NotTested("unlearndiff@paper", "merlin", "", "The budget is too small.");
    NotTested whole = new NotTested("FID", "", "", "It is of no target.");
    TestResult warned = result(written(attacked(0, left, whole)).ofPatch(PATCH));
    assertThat(warned.outcome()).isEqualTo(Outcome.WARNED);
    assertThat(warned.warned()).containsExactly("unlearndiff@paper/merlin: NOT TESTED");
    TestResult failed = result(written(attacked(40, left)).ofPatch(PATCH));
    assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failed.failed()).containsExactly("unlearndiff@quick/merlin");
  }

  @Test
  void refusesReportsThatSayNothingOfOnePatch() throws IOException {
    AttestedReport silent =
        written(
            SampleReport.with(
                SampleReport.of(PATCH), new Part("general", "Images.", List.of(), List.of(), 0)));
    assertThatThrownBy(() -> silent.ofPatch(PATCH)).hasMessageContaining("nothing to state");
    AttestedReport two = written(of(attacked(0), List.of(tested("a", 1), tested("b", 1))));
    assertThatThrownBy(() -> two.ofPatch(PATCH)).hasMessageContaining("of 2 patches", "--stack");
  }

  private static TestedPatch tested(String name, double strength) {
    return new TestedPatch(SampleReport.digest(name), name, strength, Optional.empty());
  }

  private static EvaluationReport of(EvaluationReport report, List<TestedPatch> patches) {
    return new EvaluationReport(
        report.bench(),
        report.base(),
        patches,
        report.tool(),
        report.plan(),
        report.drawing(),
        report.targets(),
        report.judging(),
        report.parts(),
        report.sets(),
        report.restored(),
        report.command());
  }

  @Test
  void aStackIsTheOnlySubjectOfItsResult() throws IOException {
    AttestedReport report = written(of(attacked(0), List.of(tested("a", 1), tested("b", 0.5))));
    Path stack = stack("ab.fmnstack", 0.5);
    Statement statement = report.ofStack(stack);
    assertThat(statement.subjects()).hasSize(1);
    assertThat(statement.about(Sha256.hex(stack)).orElseThrow().name()).isEqualTo("ab.fmnstack");
    assertThat(statement.about(SampleReport.digest("a"))).isEmpty();
    assertThat(result(statement).configuration())
        .filteredOn(one -> one.name().equals("patch"))
        .extracting(one -> one.digest().get("sha256"))
        .containsExactly(SampleReport.digest("a"), SampleReport.digest("b"));
    Path other = stack("other.fmnstack", 1);
    assertThatThrownBy(() -> report.ofStack(other)).hasMessageContaining("other.fmnstack");
  }

  private Path stack(String name, double second) throws IOException {
    Map<String, Manifest.Component> unet =
        Map.of("unet", new Manifest.Component("a".repeat(64), "b".repeat(64), 1, Map.of()));
    Path file = folder.resolve(name);
    new StackFile(
            name,
            new StackFile.Base("base", "other", unet),
            List.of(
                new StackFile.StackedPatch(
                    SampleReport.digest("a"), "a", "1.0.0", Optional.empty(), 1),
                new StackFile.StackedPatch(
                    SampleReport.digest("b"), "b", "1.0.0", Optional.empty(), second)),
            Map.of("unet", "c".repeat(64)))
        .write(file);
    return file;
  }

  @Test
  void whatLiesBesideAPatchIsReadAndHarmsNothing() throws IOException {
    AttestedReport report = written(of(attacked(40), List.of(tested(PATCH, 0.5))));
    Path patch = Files.createFile(folder.resolve(PATCH));
    Path file = SignedStatement.fileOf(patch, ANN.verification());
    SignedStatement.write(file, report.ofPatch(PATCH), ANN);
    FoundStatement found = only(patch, ID);
    assertThat(found.signers()).containsExactly(ANN.verification());
    assertThat(found.strength()).isEqualTo(0.5);
    assertThat(found.summary())
        .isEqualTo(
            "FAILED: 0 rows not reached, 1 reached (unlearndiff@quick/merlin), 0 not tested or"
                + " without a baseline, strength 0.5, on sample-64, list sample 2");
    assertThat(found.line().orElseThrow()).startsWith("by " + ANN.verification().id() + ": FAILED");

    assertThat(only(patch, "ab".repeat(32)).summary()).contains("FMN-406", "another patch");
    byte[] good = Files.readAllBytes(file);
    byte[] changed = good.clone();
    changed[40] ^= 1;
    Files.write(file, changed);
    assertThat(only(patch, ID).result()).isEmpty();
    assertThat(only(patch, ID).line()).isEmpty();
    Files.write(file, Arrays.copyOf(good, Statement.BYTES + 1));
    assertThat(only(patch, ID).problem().orElseThrow()).contains("FMN-204");
    SignedStatement.write(
        file, new Statement(report.ofPatch(PATCH).subjects(), "other", Map.of()), ANN);
    assertThat(only(patch, ID).problem().orElseThrow()).contains("FMN-206");
  }

  private static FoundStatement only(Path patch, String id) throws IOException {
    List<FoundStatement> found = FoundStatement.beside(patch, id, List.of());
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void aWordThatIsBetterThanItsRowsIsRefused() throws IOException {
    ResourceDescriptor subject = ResourceDescriptor.of("x", "sha256", ID, Map.of());
    List<String> bad = new ArrayList<>();
    for (Outcome outcome : Outcome.values()) {
      for (List<List<String>> rows :
          List.of(
              List.of(List.<String>of(), List.<String>of()),
              List.of(List.of("w"), List.<String>of()),
              List.of(List.<String>of(), List.of("f")))) {
        TestResult result =
            new TestResult(
                outcome, List.of(), List.of(), rows.get(0), rows.get(1), Optional.empty());
        try {
          assertThat(result(result.of(subject))).isEqualTo(result);
        } catch (PatchFormatException e) {
          assertThat(e).hasMessageContaining("FMN-209");
          bad.add(outcome + " " + rows);
        }
      }
    }
    assertThat(bad).containsExactly("PASSED [[w], []]", "PASSED [[], [f]]", "WARNED [[], [f]]");
  }

  /** As the specification allows: an address, members of others, and no lists. */
  @Test
  void readsResultsOfOthers() throws IOException {
    Statement other =
        new Statement(
            List.of(ResourceDescriptor.of("x", "sha256", ID, Map.of())),
            TestResult.TYPE,
            Map.of(
                "result",
                "PASSED",
                "url",
                "https://example.com",
                "configuration",
                List.of(Map.of("name", "c", "downloadLocation", "x", "digest", Map.of("a", "b"))),
                "other",
                List.of(1, true)));
    TestResult read = result(other);
    assertThat(read.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(read.report()).isEmpty();
    assertThat(read.configured("c").orElseThrow().digest()).containsEntry("a", "b");
  }
}
