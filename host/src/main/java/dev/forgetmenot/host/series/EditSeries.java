package dev.forgetmenot.host.series;

import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.evaluate.ModelDigest;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Edits concepts in turn, each by itself on the untouched model. In its folder it leaves of each
 * what {@link EditJob} leaves, and a JSON file with what was measured; of all of them {@code
 * table.md}, {@code table.csv}, {@code charts.png} and {@code sheet.png}. A series that was stopped
 * goes on with the concept that has no JSON file yet.
 *
 * @param hosted a model without patches
 * @param job how each is edited
 * @param folder where everything goes
 * @param context progress and cancellation
 */
public record EditSeries(NamedModel hosted, EditJob job, Path folder, JobContext context) {
  private static final long LIKELY_BYTES = 4L << 20; // of each
  private static final String TABLE = "table.md";

  /**
   * What a series left.
   *
   * @param table for people
   * @param failed how many concepts could not be edited
   * @param lines the summary
   */
  public record Result(Path table, int failed, List<String> lines) {
    /** Copies the list. */
    public Result {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Whether an earlier run edited a concept or began to: then what is there may be replaced.
   *
   * @param order of the concept
   */
  public static boolean isOfSeries(EditRequest order) {
    return Files.exists(file(order));
  }

  /** Lets a concept be edited anew. */
  public static void forgetEarlier(EditRequest order) throws IOException {
    Files.deleteIfExists(file(order));
  }

  /**
   * Edits all that an earlier run did not; takes minutes for each.
   *
   * @param orders one for each concept, with patches of different names in the folder
   * @throws IOException if a file cannot be read or written, or an earlier run had other settings
   */
  public Result run(List<EditRequest> orders) throws IOException {
    OutputFolder.prepare(folder, LIKELY_BYTES * orders.size());
    String base = ModelDigest.base(hosted.model());
    List<Optional<SeriesEntry>> earlier = new ArrayList<>();
    for (EditRequest order : orders) {
      earlier.add(earlier(order, key(order, base)));
    }
    Operation operation = orders.get(0).editor().operation();
    List<SeriesEntry> entries = new ArrayList<>();
    Optional<ImageClassifier> judge = orders.get(0).judging().open(hosted.model());
    try {
      for (int i = 0; i < orders.size(); i++) {
        context.checkCancelled();
        EditRequest order = orders.get(i);
        boolean done = earlier.get(i).isPresent();
        SeriesEntry entry = done ? earlier.get(i).get() : made(order, key(order, base), judge);
        entries.add(entry);
        if (!done) {
          entry.write(file(order));
          context.say(entries.size() + "/" + orders.size() + " " + SeriesTable.line(entry));
          write(SeriesTable.of(operation, entries));
        }
      }
    } finally {
      judge.ifPresent(ImageClassifier::close);
    }
    SeriesTable table = SeriesTable.of(operation, entries);
    write(table);
    List<SeriesEntry> measured = entries.stream().filter(SeriesEntry::isMeasured).toList();
    if (!measured.isEmpty()) {
      PngFile.write(folder.resolve("charts.png"), new SeriesCharts(operation, measured).draw(), "");
    }
    int failed = (int) entries.stream().filter(entry -> !entry.failure().isEmpty()).count();
    if (failed < entries.size()) {
      SeriesSheet sheet = new SeriesSheet(hosted.model(), orders, entries);
      PngFile.write(folder.resolve("sheet.png"), sheet.draw(), "");
    }
    return new Result(folder.resolve(TABLE), failed, table.summary());
  }

  private void write(SeriesTable table) throws IOException {
    AtomicFile.write(folder.resolve(TABLE), table.markdown().getBytes(StandardCharsets.UTF_8));
    AtomicFile.write(folder.resolve("table.csv"), table.csv().getBytes(StandardCharsets.UTF_8));
  }

  private static Path file(EditRequest order) {
    return order.beside(".json");
  }

  /** Of all that decides what becomes of a concept, beside the program. */
  private static String key(EditRequest order, String base) {
    int previews = order.report().previews();
    String all =
        String.join(
            "\n",
            base,
            order.editor().name(),
            new TreeMap<>(order.values().all()).toString(),
            order.concepts().toString(),
            order.report().word() + (previews > 0 ? ", previews " + previews : ""));
    return Sha256.hex(all.getBytes(StandardCharsets.UTF_8));
  }

  /** What an earlier run left of a concept. */
  private static Optional<SeriesEntry> earlier(EditRequest order, String key) throws IOException {
    Path file = file(order);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    SeriesEntry entry = SeriesEntry.read(file);
    if (!entry.key().equals(key)) {
      throw new IOException(
          Message.of(
              "%s is of other settings or of another model: name another folder by -o, or delete it",
              file));
    }
    boolean whole = !entry.failure().isEmpty() || Files.exists(order.patch());
    return Optional.of(entry).filter(found -> found.isFinished() && whole);
  }

  private SeriesEntry made(EditRequest order, String key, Optional<ImageClassifier> judge)
      throws IOException {
    String concept = order.concepts().get(0).name();
    SeriesEntry.begun(key, concept).write(file(order));
    long begin = System.nanoTime();
    try {
      EditRequest now = order.states().isEmpty() ? order : order.resuming();
      EditJob.Result result = job.run(hosted, now, judge);
      double seconds = (System.nanoTime() - begin) / 1e9;
      return SeriesEntry.of(key, concept, result, seconds, judge);
    } catch (IllegalArgumentException | ArithmeticException | PatchFormatException e) {
      return SeriesEntry.failed(key, concept, e.getMessage());
    }
  }
}
