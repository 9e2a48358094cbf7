package dev.forgetmenot.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.evaluation.run.EvaluationPart;
import dev.forgetmenot.host.cli.CommandLineProgram;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan that executors draw gives the report of one machine, byte for byte. */
class EvaluateOnSparkTest {
  private static final String LIST =
      """
      bench: two
      version: 1
      model: {sampler: ddim, steps: 4, guidance: 5, size: [64, 64], negative: ""}
      judge: {vocabulary: model, text: model, second: prototypes, calibrationSeeds: [900000, 2]}
      seeds: {target: [1000, 40], retain: [2000, 2], luck: [50000, auto], training: [1, 5]}
      attacks: {preset: none}
      general: {prompts: ["a photo of a bus"], seeds: 1}
      concepts:
        - {name: fox, kind: object, phrase: a fox, similar: [a bear], prompts: {name: ["a photo of {}"]}}
        - {name: castle, kind: object, phrase: a castle, similar: [a house], prompts: {name: ["a photo of {}"]}}
      """;

  @TempDir static Path folder;

  private static List<String> evaluation;

  @BeforeAll
  static void evaluateOnOneMachine() throws IOException {
    Path list = Files.writeString(folder.resolve("two.yaml"), LIST);
    String plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    String model = EmbeddedModel.folder().toString();
    Path patch = folder.resolve("fox.fmnpatch");
    Path words =
        Files.writeString(folder.resolve("words.txt"), "a fox\na castle\na bus\na bear\na house\n");
    run(
        "forget",
        "a fox",
        "--method",
        "uce",
        "--no-report",
        "--model",
        model,
        "--plugins",
        plugins,
        "-o",
        patch.toString());
    evaluation =
        List.of(
            list.toString(),
            "--model",
            model,
            "--plugins",
            plugins,
            "--patch",
            patch.toString(),
            "--known-concepts",
            words.toString(),
            "--evaluator",
            "forgetting");
    run(
        words(
            "evaluate",
            evaluation,
            "--store",
            folder.resolve("one-store"),
            "-o",
            folder.resolve("one")));
  }

  private static String[] words(String command, List<String> middle, Object... more) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(middle);
    Arrays.stream(more).map(Object::toString).forEach(words::add);
    return words.toArray(String[]::new);
  }

  private static void run(String... words) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said, true);
    int code = new CommandLineProgram(new Console(writer, writer, false), () -> false).run(words);
    assertThat(code).as(said.toString()).isZero();
  }

  private static EvaluateOnSpark planned(String name) throws IOException {
    Path part = folder.resolve(name);
    run(
        words(
            "evaluate",
            evaluation,
            "--store",
            folder.resolve(name + "-store"),
            "--shard",
            "1/1",
            "--plan",
            "-o",
            part));
    EvaluationPart read = EvaluationPart.read(part);
    List<String> options = new ArrayList<>(read.arguments());
    options.addAll(List.of("--plugins", folder.resolve("plugins").toString()));
    return new EvaluateOnSpark(read, options, part.resolve("images.parquet").toUri().toString());
  }

  private static void assertSameReport(EvaluateOnSpark drawn) throws IOException {
    Path part = drawn.part().folder();
    Path merged = part.resolveSibling(part.getFileName() + "-merged");
    run(
        "evaluate",
        "merge",
        part.toString(),
        "--plugins",
        folder.resolve("plugins").toString(),
        "--store",
        part + "-merge-store",
        "-o",
        merged.toString());
    assertThat(files(merged)).isEqualTo(files(folder.resolve("one")));
    assertThat(Files.readAllLines(part.resolve("images.jsonl")))
        .hasSize(drawn.part().units().size());
  }

  /** Names and contents. */
  private static Map<String, String> files(Path of) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(of)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        files.put(
            file.getFileName().toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(files).containsKeys("report.json", "report.html", "results.csv");
    return files;
  }

  @Test
  void twoThreadsOfOneProcess() throws IOException {
    EvaluateOnSpark job = planned("local");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      assertThat(job.run(spark)).isEqualTo(job.part().units().size());
      assertThat(job.run(spark)).as("drawn again").isZero();
    }
    assertSameReport(job);
  }

  @Test
  void twoMachinesOfWhichOneIsLost() throws Exception {
    EvaluateOnSpark job = planned("cluster");
    try (SparkCluster cluster =
            new SparkCluster(Files.createDirectories(folder.resolve("spark")), 2);
        SparkSession spark = cluster.session()) {
      AtomicInteger lost = cluster.loseAfterFirstTask(spark, 1);
      assertThat(job.run(spark)).isEqualTo(job.part().units().size());
      assertThat(lost).hasPositiveValue();
    }
    assertSameReport(job);
  }
}
