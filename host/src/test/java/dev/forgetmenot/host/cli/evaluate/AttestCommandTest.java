package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Reading;
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
import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.testkit.SmallPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn attest}, and what becomes of its statements in {@code fmn patch verify}. */
class AttestCommandTest {
  @TempDir private Path folder;
  private Path patch;
  private Path ann;
  private Path ben;

  /** A patch that Ann signed, whom the user trusts; Ben is not known. */
  @BeforeEach
  void signAPatch() throws IOException {
    patch = SmallPatch.write(folder.resolve("forget-x.fmnpatch"), "forget-x", 1);
    ann = key("ann");
    ben = key("ben");
    done("patch", "sign", patch, "--key", ann);
    done(
        "patch",
        "trust",
        KeyFile.publicOf(ann),
        "--label",
        "Ann",
        "--yes",
        "--trust-store",
        store());
  }

  private Path store() {
    return folder.resolve("settings").resolve("trust.json");
  }

  private Path key(String name) {
    Path key = folder.resolve(name);
    done("patch", "keygen", "-o", key, "--trust-store", store());
    return key;
  }

  private static ProgramRun run(Object... words) {
    List<String> texts = new ArrayList<>();
    for (Object word : words) {
      texts.add(word.toString());
    }
    return ProgramRun.of(texts.toArray(String[]::new));
  }

  private static String done(Object... words) {
    ProgramRun run = run(words);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  private ProgramRun verify(Object... more) {
    List<Object> words = new ArrayList<>(List.of("patch", "verify", patch));
    words.addAll(List.of("--trust-store", store()));
    words.addAll(List.of(more));
    return run(words.toArray());
  }

  private void assertEvidence(boolean enough, Object... more) {
    ProgramRun run = verify(more);
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(enough ? 0 : 1);
    if (!enough) {
      assertThat(run.err()).contains("FMN-408");
    }
    assertThat(verify().code()).as("without asking for evidence").isZero();
  }

  private static String idOf(Path patch) throws IOException {
    try (PatchFile open = PatchFile.open(patch)) {
      return open.id();
    }
  }

  private static Reading reading(int k, int n) {
    return new Reading((double) k / n, k, n, 0, 1);
  }

  /** A report on the patch: of 64 images so many were reached. */
  private Path report(int reached, double strength, List<NotTested> notTested) throws IOException {
    Question question =
        new Question(
            reading(reached, 64),
            reading(62, 64),
            reading(1, 200),
            reading(78, 80),
            reached == 0 ? 1 : 1e-9);
    Measurement row =
        Measurement.builder("UA", "x")
            .part("name")
            .judge("B")
            .patched(reading(64 - reached, 64))
            .question(question)
            .build();
    TestedPatch tested = new TestedPatch(idOf(patch), "forget-x", strength, Optional.empty());
    return write("report", List.of(tested), List.of(row), notTested);
  }

  private Path write(
      String name, List<TestedPatch> patches, List<Measurement> rows, List<NotTested> notTested)
      throws IOException {
    EvaluationReport report =
        new EvaluationReport(
            new BenchSource("list", 1, "0".repeat(64), "none"),
            new Base("1".repeat(64), "base"),
            patches,
            new Tool("0.1.0", "cpu-f32-1"),
            "3".repeat(64),
            new Drawing("ddim", 20, 5, 64, 64, ""),
            List.of(),
            new Judging(List.of(), List.of(), List.of(), Optional.empty()),
            List.of(new Part("forgetting", "Whether it still comes.", rows, notTested, 0)),
            List.of(),
            Optional.of(true),
            "fmn evaluate list");
    ReportWriter.write(folder.resolve(name), report, key -> null);
    return folder.resolve(name);
  }

  private Path attest(Path report, Path key) throws IOException {
    done("attest", report, "--key", key, "--patch", patch, "--overwrite");
    return SignedStatement.fileOf(patch, KeyFile.readPublic(KeyFile.publicOf(key)));
  }

  @Test
  void aTrustedStatementThatPassedIsEvidence() throws IOException {
    byte[] before = Files.readAllBytes(patch);
    assertEvidence(false, "--require-evidence");
    Path report = report(0, 1, List.of());
    String id = KeyFile.readPublic(KeyFile.publicOf(ann)).id();
    Path file = folder.resolve("forget-x.fmnpatch.test-result." + id.substring(0, 8) + ".json");
    assertThat(done("attest", report, "--key", ann, "--patch", patch))
        .contains(
            "PASSED: 1 rows not reached, 0 reached", "SHA-256 " + idOf(patch), "by the key " + id)
        .contains("wrote " + file);
    assertThat(patch).hasBinaryContent(before);
    assertEvidence(true, "--require-evidence");
    assertThat(verify().out())
        .contains("stated     by " + id + ", whom you trust: Ann: PASSED: 1 rows", "on base");
    assertThat(done("patch", "inspect", patch, "--trust-store", store()))
        .contains("stated     by " + id + ", whom you trust: Ann: PASSED");

    ProgramRun again = run("attest", report, "--key", ann, "--patch", patch);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains(file + " exists already", "--overwrite");
    byte[] once = Files.readAllBytes(file);
    attest(report, ann);
    assertThat(file).hasBinaryContent(once);

    done("patch", "revoke", KeyFile.publicOf(ann), "--trust-store", store());
    assertThat(verify("--require-evidence").err()).contains("FMN-404");
  }

  @Test
  void whatAKeyThatIsNotTrustedSaysIsShownAndCountsForNothing() throws IOException {
    attest(report(0, 1, List.of()), ben);
    assertEvidence(false, "--require-evidence");
    assertThat(verify().out()).contains("a key that you do not know: PASSED");
    done("patch", "trust", KeyFile.publicOf(ben), "--yes", "--trust-store", store());
    assertEvidence(true, "--require-evidence");
  }

  @Test
  void reachedOrNotTestedIsNoEvidence() throws IOException {
    attest(report(31, 1, List.of()), ann);
    assertThat(verify().out()).contains("FAILED: 0 rows not reached, 1 reached (name/x)");
    assertEvidence(false, "--require-evidence");
    assertEvidence(false, "--accept-warned");
    attest(report(0, 1, List.of(new NotTested("UA", "x", "short", "No prompts."))), ann);
    assertEvidence(false, "--require-evidence");
    assertEvidence(true, "--accept-warned");
    attest(report(0, 0.5, List.of()), ann);
    assertThat(verify().out()).contains("PASSED", "strength 0.5");
    assertEvidence(false, "--require-evidence");
  }

  @Test
  void changedFilesAndThoseOfOtherPatchesCountForNothing() throws IOException {
    Path report = report(0, 1, List.of());
    Path file = attest(report, ann);
    byte[] good = Files.readAllBytes(file);
    byte[] changed = good.clone();
    changed[40] ^= 1;
    Files.write(file, changed);
    assertEvidence(false, "--require-evidence");
    assertThat(verify().out())
        .contains("stated     " + file.getFileName() + " says nothing that can be used: FMN-402");
    Files.delete(file);
    Path mail = Files.write(folder.resolve("mail.json"), good);
    assertEvidence(false, "--require-evidence");
    assertEvidence(true, "--require-evidence", "--statement", mail);

    SmallPatch.write(patch, "forget-x", 2);
    done("patch", "sign", patch, "--key", ann);
    assertEvidence(false, "--require-evidence", "--statement", mail);
    assertThat(verify("--statement", mail).out()).contains("FMN-406", "another version");
    ProgramRun other = run("attest", report, "--key", ann, "--patch", patch);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains(idOf(patch), "name the patch that was evaluated");
  }

  @Test
  void writesIntoTheReportWhereNoPatchIsNamed() throws IOException {
    Path report = report(0, 1, List.of());
    assertThat(done("attest", report, "--key", ann))
        .contains("wrote " + report.resolve("forget-x.fmnpatch.test-result."));
    Path named = folder.resolve("named.json");
    done("attest", report.resolve("report.json"), "--key", ann, "-o", named);
    assertEvidence(true, "--require-evidence", "--statement", named);

    Path none = write("none", List.of(), List.of(), List.of());
    assertThat(run("attest", none, "--key", ann).err()).contains("of 0 patches", "--stack");
    assertThat(run("attest", folder, "--key", ann).err()).contains("report.json does not exist");
  }
}
