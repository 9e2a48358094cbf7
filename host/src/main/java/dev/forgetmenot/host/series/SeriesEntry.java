package dev.forgetmenot.host.series;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.JudgedEdit;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.CorrectionLimits;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one concept of a series, as the JSON file beside its patch says it.
 *
 * @param key of all that decides the result
 * @param concept its name
 * @param failure why there is no patch; empty where there is one
 * @param method that was taken
 * @param settings of the method, as the patch has them
 * @param bytes of the patch
 * @param seconds that editing and writing took
 * @param reportSeconds that drawing and judging took
 * @param judges what each judge saw, the one that reports first; none where nothing was measured
 * @param distance to the nearest known thing ({@link Coherence}) before and after; empty where it
 *     cannot be measured
 * @param drift mean change of the others' pixels, of 255
 * @param missed what a correction missed, in sentences
 */
record SeriesEntry(
    String key,
    String concept,
    String failure,
    String method,
    Map<String, String> settings,
    long bytes,
    double seconds,
    double reportSeconds,
    List<Judgement> judges,
    List<Double> distance,
    double drift,
    List<String> missed) {
  private static final String UNFINISHED = "not finished";
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /** What is asked of the images of a row. */
  enum Role {
    /** It is forgotten. */
    FORGOTTEN,
    /** A general word that should show its other instances, or that is corrected. */
    GENERAL_WORD,
    /** An instance of a corrected word, under its own name. */
    INSTANCE,
    /** It is near to what is forgotten, and should stay. */
    NEAR,
    /** It should stay. */
    OTHER
  }

  /**
   * The images of one phrase.
   *
   * @param images how many before, and as many after
   * @param before how many show each label; what shows most comes first
   */
  record Row(
      Role role,
      String phrase,
      int images,
      Map<String, Integer> before,
      Map<String, Integer> after) {
    int recognisedBefore() {
      return before.getOrDefault(phrase, 0);
    }

    int recognisedAfter() {
      return after.getOrDefault(phrase, 0);
    }
  }

  /** What a judge saw. */
  record Judgement(String judge, List<Row> rows) {
    List<Row> rows(Role role) {
      return rows.stream().filter(row -> row.role() == role).toList();
    }

    /** The row that the concept itself has. */
    Row concept() {
      return rows.get(0);
    }
  }

  /** Of a concept that is being edited: what an interrupted run left may be replaced. */
  static SeriesEntry begun(String key, String concept) {
    return failed(key, concept, UNFINISHED);
  }

  boolean isFinished() {
    return !failure.equals(UNFINISHED);
  }

  /** Of a concept that could not be edited. */
  static SeriesEntry failed(String key, String concept, String why) {
    return new SeriesEntry(
        key, concept, why, "", Map.of(), 0, 0, 0, List.of(), List.of(), 0, List.of());
  }

  /**
   * Of a patch that was made.
   *
   * @param seconds of the whole job
   * @param measuring says how near images are to things
   */
  static SeriesEntry of(
      String key,
      String concept,
      EditJob.Result made,
      double seconds,
      Optional<ImageClassifier> measuring)
      throws IOException {
    Manifest.Recipe recipe;
    try (PatchFile patch = PatchFile.open(made.file())) {
      recipe = patch.manifest().recipe();
    }
    List<Judgement> judges = new ArrayList<>();
    List<Double> distance = new ArrayList<>();
    List<String> missed = List.of();
    double drift = 0;
    if (made.report().isPresent()) {
      JudgedEdit first = made.report().get().judged();
      judges.add(judgement(first));
      made.report().get().other().ifPresent(other -> judges.add(judgement(other)));
      for (EvaluationResult one : List.of(first.before(), first.after())) {
        GoalResult goal = one.goals().get(0);
        measuring
            .flatMap(judge -> Coherence.of(judge, goal.general().images(), goal.name()))
            .ifPresent(coherence -> distance.add(coherence.distance()));
      }
      drift = first.after().drift(first.before());
      missed =
          first.after().goals().get(0).goal().forgets()
              ? List.of()
              : CorrectionLimits.DEFAULT.missed(first.before(), first.after());
    }
    return new SeriesEntry(
        key,
        concept,
        "",
        recipe.method(),
        recipe.parameters(),
        Files.size(made.file()),
        made.seconds(),
        seconds - made.seconds(),
        judges,
        distance,
        drift,
        missed);
  }

  private static Judgement judgement(JudgedEdit judged) {
    List<Row> rows = new ArrayList<>();
    EvaluationResult before = judged.before();
    EvaluationResult after = judged.after();
    for (int i = 0; i < before.goals().size(); i++) {
      GoalResult was = before.goals().get(i);
      GoalResult is = after.goals().get(i);
      Role role = was.goal().forgets() ? Role.FORGOTTEN : Role.GENERAL_WORD;
      rows.add(row(role, was.general(), is.general()));
      add(Role.INSTANCE, was.instances(), is.instances(), rows);
    }
    add(Role.NEAR, before.near(), after.near(), rows);
    add(Role.OTHER, before.others(), after.others(), rows);
    return new Judgement(judged.judge(), rows);
  }

  private static void add(
      Role role,
      List<EvaluationResult.Row> before,
      List<EvaluationResult.Row> after,
      List<Row> rows) {
    for (int i = 0; i < before.size(); i++) {
      rows.add(row(role, before.get(i), after.get(i)));
    }
  }

  private static Row row(Role role, EvaluationResult.Row before, EvaluationResult.Row after) {
    return new Row(role, before.phrase(), before.seen().size(), before.counts(), after.counts());
  }

  /** Of the patch and its report. */
  double wholeSeconds() {
    return seconds + reportSeconds;
  }

  boolean isMeasured() {
    return !judges.isEmpty();
  }

  /** The judge that reports. */
  Judgement reported() {
    return judges.get(0);
  }

  void write(Path file) throws IOException {
    AtomicFile.write(file, GSON.toJson(this).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what an earlier run left.
   *
   * @throws IOException if the file is broken
   */
  static SeriesEntry read(Path file) throws IOException {
    try {
      return GSON.fromJson(TextFile.read(file), SeriesEntry.class);
    } catch (JsonParseException e) {
      throw new IOException(
          file + " is not what a series writes; delete it, and its concept is edited again", e);
    }
  }
}
