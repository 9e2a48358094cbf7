package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import dev.forgetmenot.host.Fmn;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn evaluate} on the embedded model, by a list of few concepts and steps. */
class EvaluateCommandTest {
  @TempDir static Path folder;
  private static FewConcepts few;
  private static String plugins;
  private static Path list;
  private static Path patch;
  private static Path whole;
  private static ProgramRun first;

  @BeforeAll
  static void evaluateOnce() throws IOException {
    few = FewConcepts.in(folder, 3, 2);
    plugins = few.plugins().toString();
    list = few.list();
    patch = few.patch();
    whole = folder.resolve("whole");
    first = evaluate("store", "-o", whole.toString());
    assertThat(first.code()).as(first.err()).isEqualTo(ExitCodes.DONE);
  }

  private static ProgramRun evaluate(String store, String... more) {
    return evaluate(patch, store, more);
  }

  private static ProgramRun evaluate(Path tested, String store, String... more) {
    List<String> words = new ArrayList<>(List.of("evaluate", list.toString()));
    words.addAll(
        List.of("--patch", tested.toString(), "--unsigned=allow", "--evaluator=forgetting"));
    words.addAll(List.of("--store", folder.resolve(store).toString()));
    words.addAll(List.of(more));
    return few.onModel(words.toArray(String[]::new));
  }

  private static void assertSameReport(Path other) {
    for (String file :
        List.of("plan.jsonl", "report.json", "report.html", "results.csv", "measures.csv")) {
      assertThat(other.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
  }

  @Test
  void saysWhatItTakesBeforeItDraws() {
    assertThat(first.out())
        .contains("targets: castle")
        .contains("evaluators: forgetting")
        .contains("of which 0 are in the store")
        .contains("was timed just now by a few steps of one batch")
        .contains("memory: needs about")
        .contains("wrote " + whole.resolve("report.html"));
    assertThat(first.err()).contains("drawing");
  }

  @Test
  void aSecondRunMakesNothingTwiceAndTheSameBytes() {
    Path again = folder.resolve("again");
    ProgramRun run = evaluate("store", "-o", again.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out()).contains("and 0 are drawn").contains("an earlier drawing of this model");
    assertThat(run.err()).doesNotContain("drawing");
    assertSameReport(again);
    ProgramRun kept = evaluate("store", "-o", again.toString());
    assertThat(kept.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(kept.err()).contains("report.json exists already: give --overwrite");
  }

  @Test
  void whatIsStatedOfAPatchStandsOnTheNextPageAlone() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("stated")).resolve("no-castle.fmnpatch");
    Files.copy(patch, copy);
    String key = folder.resolve("ann").toString();
    assertThat(ProgramRun.of("patch", "keygen", "-o", key).code()).isZero();
    ProgramRun attest =
        ProgramRun.of("attest", whole.toString(), "--key", key, "--patch", copy.toString());
    assertThat(attest.code()).as(attest.err()).isEqualTo(ExitCodes.DONE);
    String summary = attest.out().lines().findFirst().orElseThrow();
    assertThat(summary)
        .matches("[A-Z]+: \\d+ rows not reached, .*strength 1, on emoji-64, list few 1");
    Path next = folder.resolve("next");
    ProgramRun run = evaluate(copy, "store", "-o", next.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(next.resolve("report.json")).hasSameBinaryContentAs(whole.resolve("report.json"));
    assertThat(Files.readString(next.resolve("report.html")))
        .contains("<dt>Stated before</dt>", ": " + summary);
    assertThat(Files.readString(whole.resolve("report.html"))).doesNotContain("Stated before");
  }

  @Test
  void partsOfOtherMachinesMakeTheSameReport() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    assertThat(evaluate("empty", "--shard", "1/2", "-o", one.toString()).code()).isZero();
    Path merged = folder.resolve("merged");
    ProgramRun half = merge(merged, one);
    assertThat(half.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(half.err())
        .containsPattern("\\d+ of \\d+ images are missing, units [0-9, -]+ of the plan")
        .contains("make the rest by fmn evaluate " + list)
        .contains("--shard 2/2 -o DIR");
    assertThat(evaluate("empty", "--shard", "2/2", "-o", two.toString()).code()).isZero();
    ProgramRun run = merge(merged, one, two);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertSameReport(merged);
    ImageStore part = new ImageStore(one.resolve("store"));
    ImageStore all = new ImageStore(folder.resolve("store")); // drawn in other batches
    for (ImageUnit unit : Plan.read(one.resolve("plan.jsonl")).units()) {
      boolean own = unit.shard(2) == 1;
      assertThat(part.find(unit.key()).isPresent()).isEqualTo(own);
      if (own) {
        assertThat(part.find(unit.key()).get())
            .hasSameBinaryContentAs(all.find(unit.key()).orElseThrow());
      }
    }
  }

  private static ProgramRun merge(Path output, Path... parts) {
    List<String> words = new ArrayList<>(List.of("evaluate", "merge"));
    for (Path part : parts) {
      words.add(part.toString());
    }
    words.addAll(List.of("-o", output.toString(), "--plugins", plugins));
    words.addAll(List.of("--store", folder.resolve("merged-store").toString()));
    return ProgramRun.of(words.toArray(String[]::new));
  }

  @Test
  void partsOfOtherPlansAreRefused() {
    Path one = folder.resolve("ours");
    Path other = folder.resolve("theirs");
    evaluate("store", "--shard", "1/2", "-o", one.toString());
    evaluate("store", "--shard", "2/2", "--seeds", "1", "-o", other.toString());
    ProgramRun run = merge(folder.resolve("none"), one, other);
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err())
        .contains("are not of one plan and cannot be joined; they differ in images");
    ProgramRun absent = merge(folder.resolve("none"), folder.resolve("plugins"));
    assertThat(absent.err()).contains("holds no part of an evaluation");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void aPlanAloneDrawsNothing() throws IOException {
    Path planned = folder.resolve("planned");
    ProgramRun run = evaluate("unused", "--plan", "-o", planned.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(planned.resolve("plan.jsonl")).hasSameBinaryContentAs(whole.resolve("plan.jsonl"));
    assertThat(planned.resolve("report.json")).doesNotExist();
    assertThat(folder.resolve("unused/objects")).doesNotExist();
  }

  @Test
  void whatDoesNotFitIsSaidBeforeAnythingIsDrawn() throws IOException {
    ProgramRun other = evaluate("none", "--concept", "fax");
    assertThat(other.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(other.err()).contains("--concept 'fax' is not in the list few; the nearest are fox");
    ProgramRun unknown = evaluate("none", "--evaluator", "forgeting");
    assertThat(unknown.err()).contains("no evaluator is named 'forgeting'").contains("forgetting");
    ProgramRun part = evaluate("none", "--shard", "3/2");
    assertThat(part.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(part.err()).contains("'3/2' is no part: expected I/N");
    Path large =
        Files.writeString(
            folder.resolve("large.yaml"),
            Files.readString(list).replace("size: [64, 64]", "size: [512, 512]"));
    ProgramRun sized = few.onModel("evaluate", large.toString(), "--concept", "castle");
    assertThat(sized.err())
        .contains("draws images of 512 × 512")
        .contains("the list is for another base");
    ProgramRun core = few.onModel("evaluate", "core", "--concept", "weapon");
    assertThat(core.err())
        .containsPattern("of the 136 concepts of the list core the vocabulary .* has \\d+:")
        .contains("the list is for another base")
        .doesNotContain("is not in the vocabulary");
    Path strange =
        Files.writeString(
            folder.resolve("strange.yaml"), Files.readString(list).replace("a fox", "a yak"));
    ProgramRun unseen = few.onModel("evaluate", strange.toString(), "--concept", "castle");
    assertThat(unseen.err()).contains("strange.yaml:11:5: a yak is not in the vocabulary");
    Path far =
        Files.writeString(
            folder.resolve("far.yaml"),
            Files.readString(list)
                .replace("a photo of {}\", \"a picture", "a photo of {} " + "very ".repeat(90))
                .replace("words.txt, ", "words.txt, "));
    ProgramRun cut = few.onModel("evaluate", far.toString(), "--concept", "castle");
    assertThat(cut.err()).contains("far.yaml:9:").contains("is cut off before \"");
    Path blocked = Files.writeString(folder.resolve("file"), "");
    ProgramRun unwritable = evaluate("file", "-o", folder.resolve("unwritten").toString());
    assertThat(unwritable.err()).contains(blocked + " cannot be written to").contains("--store");
  }

  @Test
  void aMissingPluginIsNamed() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("no-plugins"));
    ProgramRun run =
        ProgramRun.of(
            "evaluate",
            list.toString(),
            "--concept=castle",
            "--plugins",
            empty.toString(),
            "--model",
            EmbeddedModel.folder().toString());
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("put the jar of plugin-evaluate into the plugins folder");
  }

  @Test
  void helpNamesTheEvaluators() {
    ProgramRun run = ProgramRun.of("evaluate", "--help", "--plugins", plugins);
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("Evaluators of the installed plugins:")
        .contains("forgetting: Whether the target still comes");
  }

  private static List<String> words(Path store, Path output) {
    return List.of(
        "evaluate",
        list.toString(),
        "--patch",
        patch.toString(),
        "--unsigned=allow",
        "--evaluator=forgetting",
        "--plugins",
        plugins,
        "--model",
        EmbeddedModel.folder().toString(),
        "--store",
        store.toString(),
        "-o",
        output.toString());
  }

  @Test
  void whoStopsItKeepsWhatWasDrawn() throws IOException {
    Path store = folder.resolve("stopped-store");
    List<String> words = words(store, folder.resolve("stopped"));
    ProgramRun stopped =
        ProgramRun.stoppedWhen(
            () -> Files.exists(store.resolve("index")), words.toArray(String[]::new));
    assertThat(stopped.code()).isEqualTo(ExitCodes.STOPPED);
    assertThat(stopped.out()).contains("what was drawn is kept in " + store);
    ProgramRun rest = ProgramRun.of(words.toArray(String[]::new));
    assertThat(rest.code()).as(rest.err()).isEqualTo(ExitCodes.DONE);
    assertThat(rest.out()).containsPattern("of which [1-9]\\d* are in the store");
    assertSameReport(folder.resolve("stopped"));
  }

  @Test
  void aKilledProcessLosesABatchAtMostAndNothingIsDrawnTwice() throws Exception {
    Path store = folder.resolve("killed-store");
    List<String> words = words(store, folder.resolve("killed"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fmn.class.getName()));
    command.addAll(words);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("killed.log").toFile())
            .start();
    while (process.isAlive() && Files.notExists(store.resolve("index"))) {
      Thread.sleep(5);
    }
    process.destroyForcibly(); // SIGKILL: nothing is tidied up
    assertThat(process.waitFor()).as("it was still at work").isNotZero();
    Map<Path, FileTime> kept = written(store);
    assertThat(kept).isNotEmpty();
    ProgramRun rest = ProgramRun.of(words.toArray(String[]::new));
    assertThat(rest.code()).as(rest.err()).isEqualTo(ExitCodes.DONE);
    assertThat(written(store)).containsAllEntriesOf(kept);
    assertSameReport(folder.resolve("killed"));
  }

  /** When each image of a store was written; what a killed process left half done is none. */
  private static Map<Path, FileTime> written(Path store) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store.resolve("objects"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (file.getFileName().toString().length() == 64) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }
}
