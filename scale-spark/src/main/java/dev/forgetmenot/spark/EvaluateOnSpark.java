package dev.forgetmenot.spark;

import com.google.gson.Gson;
import dev.forgetmenot.evaluation.run.EvaluationPart;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Draws the images of an evaluation on a Spark cluster. The folder of a part, which {@code fmn
 * evaluate --shard 1/1 --plan} made, gets its images; {@code fmn evaluate merge} measures them.
 *
 * @param part what is to be drawn
 * @param words model, patches and plugins on the executors
 * @param results where the table of images goes as Parquet: a place that all machines see
 */
public record EvaluateOnSpark(EvaluationPart part, List<String> words, String results) {
  /** Units of a task: a few batches, so that a lost executor costs little. */
  private static final int TASK = 64;

  private static final String USAGE =
      "arguments: FOLDER [--results URI] [options of fmn evaluate that differ on the executors, such"
          + " as --model DIR]; FOLDER is made by: fmn evaluate LIST --patch FILE --shard 1/1 --plan -o"
          + " FOLDER";

  private static final StructType COLUMNS =
      new StructType()
          .add("key", DataTypes.StringType, false)
          .add("sha256", DataTypes.StringType, false)
          .add("executor", DataTypes.StringType, false)
          .add("png", DataTypes.BinaryType, false);

  /** See docs/spark.md; started by spark-submit. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0 || arguments[0].startsWith("-")) {
      throw new IllegalArgumentException(USAGE);
    }
    EvaluationPart part = EvaluationPart.read(Path.of(arguments[0]));
    List<String> given = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
    String results = part.folder().resolve("images.parquet").toUri().toString();
    int option = given.indexOf("--results");
    if (option >= 0 && option + 1 < given.size()) {
      results = given.get(option + 1);
      given.subList(option, option + 2).clear();
    }
    List<String> words = new ArrayList<>(part.arguments());
    words.addAll(given);
    try (SparkSession spark = SparkSession.builder().appName("fmn evaluate").getOrCreate()) {
      new EvaluateOnSpark(part, words, results).run(spark);
    }
  }

  /**
   * Draws all units of the part that its store lacks.
   *
   * @return how many were drawn
   * @throws IOException if an image cannot be kept
   */
  public int run(SparkSession spark) throws IOException {
    List<ImageUnit> missing = new ArrayList<>();
    ImageStore store = part.store();
    for (ImageUnit unit : part.units()) {
      if (store.find(unit.key()).isEmpty()) {
        missing.add(unit);
      }
    }
    if (!missing.isEmpty()) {
      draw(spark, tasks(missing)).write().mode(SaveMode.Overwrite).parquet(results);
      Iterator<Row> rows = spark.read().parquet(results).toLocalIterator();
      while (rows.hasNext()) {
        Row row = rows.next();
        store.put(row.getString(0), (byte[]) row.get(3));
      }
    }
    writeLines(store);
    return missing.size();
  }

  /** Units of one model each, so that an executor seldom exchanges patches. */
  private static List<List<String>> tasks(List<ImageUnit> units) {
    Map<ImageUnit.Model, List<String>> byModel = new LinkedHashMap<>();
    for (ImageUnit unit : units) {
      byModel
          .computeIfAbsent(unit.model(), ignored -> new ArrayList<>())
          .add(new String(CanonicalJson.bytes(unit.json()), StandardCharsets.UTF_8));
    }
    return byModel.values().stream()
        .flatMap(
            lines ->
                IntStream.iterate(0, from -> from < lines.size(), from -> from + TASK)
                    .mapToObj(
                        from ->
                            List.copyOf(lines.subList(from, Math.min(from + TASK, lines.size())))))
        .toList();
  }

  private Dataset<Row> draw(SparkSession spark, List<List<String>> tasks) {
    List<String> options = List.copyOf(words); // not this: tasks are sent to executors
    JavaRDD<Row> rows =
        new JavaSparkContext(spark.sparkContext())
            .parallelize(tasks, tasks.size())
            .flatMap(lines -> rows(options, lines).iterator());
    return spark.createDataFrame(rows, COLUMNS);
  }

  private static List<Row> rows(List<String> words, List<String> lines) throws IOException {
    List<byte[]> images = ExecutorModel.draw(words, lines);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      rows.add(
          RowFactory.create(
              Sha256.hex(lines.get(i).getBytes(StandardCharsets.UTF_8)),
              Sha256.hex(images.get(i)),
              SparkEnv.get().executorId(),
              images.get(i)));
    }
    return rows;
  }

  /** {@code images.jsonl}: each unit with the digest of its image, in the order of the plan. */
  private void writeLines(ImageStore store) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (ImageUnit unit : part.units()) {
      Map<String, String> line = new TreeMap<>();
      line.put("key", unit.key());
      line.put("sha256", store.find(unit.key()).orElseThrow().getFileName().toString());
      lines.append(new Gson().toJson(line)).append('\n');
    }
    AtomicFile.write(
        part.folder().resolve("images.jsonl"), lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
