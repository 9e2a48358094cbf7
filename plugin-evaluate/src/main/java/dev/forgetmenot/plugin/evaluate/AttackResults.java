package dev.forgetmenot.plugin.evaluate;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Check;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.judge.NeverKnownHalves;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs of attacks. Each is kept as a file as soon as it is done, before the next begins, and read
 * from there by whoever asks the same again.
 */
record AttackResults(EvaluationTask task, EvaluationAccess access, JobContext context) {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final int EXAMPLES = 16;

  /**
   * What a run gave.
   *
   * @param seconds that it took when it was computed
   */
  record Result(List<AttackRow> rows, double seconds) {}

  /** How many trials a run has. */
  static int trials(EvaluationTask task, AttackAim aim) {
    AttackBudget budget = task.attacks().budget();
    int wanted = aim.never().isPresent() ? budget.floorImages() : budget.images();
    return Math.min(wanted, task.seeds().target().length);
  }

  /** The result of a run, computed now if it is not kept. */
  Result of(Attack attack, AttackAim aim, ModelState state) throws IOException {
    AttackRun run = run(attack, aim, state);
    Path file = run.folder(digest(attack, run)).resolve("rows.json");
    if (Files.exists(file)) {
      try {
        return GSON.fromJson(TextFile.read(file), Kept.class).result(file.getParent());
      } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
        Files.delete(file); // damaged, or of another program
      }
    }
    context.say(
        Message.of(
            "attack %s on the %s model, %s",
            attack.name(),
            state == ModelState.PATCHED ? "patched" : "original",
            aim.concept().phrase()));
    long start = System.nanoTime();
    List<AttackRow> rows = attack.run(run);
    double seconds = Math.round((System.nanoTime() - start) / 1e7) / 1e2;
    Kept kept = Kept.of(new Result(rows, seconds), file.getParent());
    AtomicFile.write(file, GSON.toJson(kept).getBytes(StandardCharsets.UTF_8));
    return kept.result(file.getParent());
  }

  private AttackRun run(Attack attack, AttackAim aim, ModelState state) {
    return new AttackRun(
        attack.name(),
        aim,
        state,
        task.attacks().budget(),
        Arrays.copyOf(task.seeds().target(), trials(task, aim)),
        task,
        access,
        count -> examples(aim, count),
        context);
  }

  /** What an attacker has images of: never those that are scored, nor those of prototypes. */
  private List<RgbImage> examples(AttackAim aim, int count) throws IOException {
    List<RgbImage> all =
        aim.never().isPresent()
            ? NeverKnownHalves.read(aim.never().get(), task.settings().width().orElseThrow())
                .shown()
            : access.images(
                access.make(
                    new ImageSets(task).reserved(aim.concept(), EXAMPLES).shots(),
                    ModelState.ORIGINAL,
                    ImageMaker.plain(),
                    context));
    return all.subList(0, Math.min(count, all.size()));
  }

  /** Of all that decides the rows beside what is in the folder's name already. */
  private static String digest(Attack attack, AttackRun run) {
    String decides =
        String.join(
            "\n",
            Integer.toString(attack.version()),
            Arrays.toString(run.seeds()),
            run.aim().concept().phrase(),
            run.aim().concept().labels().toString(),
            new TreeMap<>(run.aim().concept().prompts()).toString(),
            run.aim().concept().similar().toString(),
            run.aim().never().map(never -> never.images().getFileName().toString()).orElse(""),
            run.task().settings().toString());
    return Sha256.hex(decides.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  /** A result as JSON. */
  private record Kept(List<Row> rows, double seconds) {
    static Kept of(Result result, Path folder) {
      return new Kept(
          result.rows().stream().map(row -> Row.of(row, folder)).toList(), result.seconds());
    }

    Result result(Path folder) {
      return new Result(rows.stream().map(row -> row.row(folder)).toList(), seconds);
    }
  }

  /** A row; what it has not is null. Files are named as seen from the folder. */
  private record Row(
      String part,
      List<List<Image>> trials,
      long unet,
      String fact,
      List<String> files,
      String notTested,
      Check check) {
    static Row of(AttackRow row, Path folder) {
      return new Row(
          row.part(),
          row.trials().stream()
              .map(trial -> trial.candidates().stream().map(Image::of).toList())
              .toList(),
          row.unetEvaluations(),
          row.fact(),
          row.files().stream()
              .map(file -> folder.relativize(file).toString().replace('\\', '/'))
              .toList(),
          row.notTested().orElse(null),
          row.check().orElse(null));
    }

    AttackRow row(Path folder) {
      return new AttackRow(
          part,
          trials.stream()
              .map(images -> new Trial(images.stream().map(Image::candidate).toList()))
              .toList(),
          unet,
          fact,
          files.stream().map(folder::resolve).map(Path::normalize).toList(),
          Optional.ofNullable(notTested),
          Optional.ofNullable(check));
    }
  }

  private record Image(
      String prompt, String seed, String label, String kind, String key, String recipe) {
    static Image of(Candidate candidate) {
      Shot shot = candidate.image().shot();
      return new Image(
          shot.prompt(),
          Long.toString(shot.seed()), // a number of JSON has 53 bits
          shot.label(),
          shot.kind().word(),
          candidate.image().key(),
          candidate.recipe());
    }

    Candidate candidate() {
      Shot shot = new Shot(prompt, Long.parseLong(seed), label, ConceptType.of(kind));
      return new Candidate(new DrawnImage(shot, key), recipe);
    }
  }
}
