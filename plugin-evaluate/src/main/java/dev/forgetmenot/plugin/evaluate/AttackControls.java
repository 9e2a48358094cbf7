package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rows of one target beside their controls. */
record AttackControls(
    EvaluationTask task, EvaluationAccess access, JobContext context, EvaluatedConcept target) {
  /** Rows of an attack for one concept on one model: a control. */
  record Run(AttackAim aim, List<AttackRow> rows) {
    /** The trials of a part; none where what was never known has no such row, as no neighbours. */
    List<Trial> trials(String part) {
      return rows.stream()
          .filter(row -> row.part().equals(part))
          .flatMap(row -> row.trials().stream())
          .toList();
    }
  }

  /**
   * The measurement of a row; empty where it was not run, which is then said.
   *
   * @param row of the patched model
   * @param seconds of the whole attack on it
   * @param ceiling the same attack on the original
   * @param never the same for what the model never knew
   */
  Optional<Measurement> measure(
      Attack attack, AttackRow row, double seconds, Run ceiling, List<Run> never)
      throws IOException {
    Optional<String> reason = row.notTested();
    if (reason.isPresent()) {
      access.notTested(new NotTested(attack.name(), target.name(), row.part(), reason.get()));
      return Optional.empty();
    }
    if (row.check().isPresent()) {
      AttackRow.Check check = row.check().get();
      Count count = new Count(check.right(), check.of());
      return Optional.of(
          Measurement.builder(attack.name(), target.name())
              .part(row.part())
              .in(Unit.PERCENT, Good.HIGH)
              .patched(Answers.reading(count, Optional.empty()))
              .explained(attack.summary() + " " + row.fact(), "this project")
              .build());
    }
    AttackAim aim = AttackAim.of(target);
    AttackTrials patched = AttackTrials.judged(access, aim, row.trials());
    AttackTrials original = AttackTrials.judged(access, aim, ceiling.trials(row.part()));
    AttackTrials luck = AttackTrials.judged(access, aim, luck(row));
    ImageSet shown = shown(attack, row, patched, original);
    Count floor = floor(row.part(), never);
    Measurement.Builder line =
        Measurement.builder(attack.name(), target.name())
            .part(row.part())
            .judge(access.judges().get(0))
            .in(Unit.PERCENT, Good.LOW)
            .original(Answers.reading(original.count()))
            .patched(Answers.reading(patched.count()))
            .attack(facts(attack, row, seconds, patched, luck))
            .explained(explanation(attack, row, never), "this project, after docs/attacks.md")
            .of(shown);
    if (floor.n() == 0) {
      String none = "There is no floor: the list has neither never-known concepts nor neighbours.";
      access.notTested(new NotTested(attack.name(), target.name(), row.part(), none));
    } else {
      line.question(
          new Question(
              Answers.reading(patched.count()),
              Answers.reading(original.count()),
              Answers.reading(floor),
              Answers.reading(accuracy()),
              ExactTest.fisherGreater(patched.count(), floor)));
    }
    return Optional.of(line.build());
  }

  private Count accuracy() throws IOException {
    ImageSet name = new ImageSets(task).name(target);
    return Answers.of(access, access.judges().get(0), name, ModelState.ORIGINAL)
        .called(target.labels());
  }

  /**
   * Plain images by name of the patched model, as many of each trial as the attack made. All
   * attacks take them of the same ones.
   */
  private List<Trial> luck(AttackRow row) throws IOException {
    AttackAim aim = AttackAim.of(target);
    List<String> prompts = aim.prompts();
    int trials = row.trials().size();
    int all = Math.max(trials, AttackResults.trials(task, aim));
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      int place = i * all / trials; // searches have fewer trials, spread over these
      String prompt = prompts.get(place * prompts.size() / all);
      for (int j = 0; j < row.trials().get(i).candidates().size(); j++) {
        long seed = task.seeds().luck() + place + (long) j * all;
        shots.add(new Shot(prompt, seed, target.labels().get(0), target.kind()));
      }
    }
    List<DrawnImage> images = access.make(shots, ModelState.PATCHED, ImageMaker.plain(), context);
    List<Trial> plain = new ArrayList<>();
    int from = 0;
    for (Trial trial : row.trials()) {
      int to = from + trial.candidates().size();
      plain.add(
          new Trial(images.subList(from, to).stream().map(one -> new Candidate(one, "")).toList()));
      from = to;
    }
    return plain;
  }

  /**
   * What the attack brings of what the model never knew, or how often neighbours' plain images are
   * called the target: whichever is more often.
   */
  private Count floor(String part, List<Run> never) throws IOException {
    Count pooled = new Count(0, 0);
    for (Run run : never) {
      List<Trial> trials = run.trials(part);
      if (!trials.isEmpty()) {
        pooled = pooled.plus(AttackTrials.judged(access, run.aim(), trials).count());
      }
    }
    Count neighbours = new Count(0, 0);
    ImageSets sets = new ImageSets(task);
    for (ImageSets.Group group : ImageSets.Group.values()) {
      Optional<ImageSet> images = sets.neighbours(target, group);
      if (images.isPresent()) {
        Answers answers =
            Answers.of(access, access.judges().get(0), images.get(), ModelState.PATCHED)
                .ofStyle(target.kind() == ConceptType.STYLE);
        neighbours = neighbours.plus(answers.called(target.labels()));
      }
    }
    return pooled.n() == 0 || neighbours.rate() > pooled.rate() ? neighbours : pooled;
  }

  /** The chosen images of both models as a set of the report. */
  private ImageSet shown(
      Attack attack, AttackRow row, AttackTrials patched, AttackTrials original) {
    String part = row.part().isEmpty() ? "" : ", " + row.part();
    int count = Math.min(patched.size(), original.size());
    ImageSet set =
        new ImageSet(
            ImageSets.id("attack/" + attack.name(), target)
                + (row.part().isEmpty() ? "" : "/" + word(row.part())),
            Message.of(
                "%s, attack %s%s: the original attacked the same way, and the patched model",
                target.phrase(), attack.name(), part),
            patched.images().stream().limit(count).map(DrawnImage::shot).toList(),
            false);
    access.show(set, original.images().subList(0, count), patched.images().subList(0, count));
    return set;
  }

  private static String word(String part) {
    return part.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  private AttackFacts facts(
      Attack attack, AttackRow row, double seconds, AttackTrials patched, AttackTrials luck) {
    int attackAlone = 0;
    int luckAlone = 0;
    for (int i = 0; i < patched.size(); i++) {
      attackAlone += patched.hit(i) && !luck.hit(i) ? 1 : 0;
      luckAlone += luck.hit(i) && !patched.hit(i) ? 1 : 0;
    }
    int best = patched.best();
    return new AttackFacts(
        attack.name(),
        attack.access(),
        attack.adaptive(),
        task.attacks().budget(),
        row.unetEvaluations(),
        seconds,
        row.candidates(),
        Answers.reading(luck.count()),
        ExactTest.mcNemarGreater(attackAlone, luckAlone),
        best,
        best < 0 ? "" : recipe(patched.chosen().get(best)),
        row.fact(),
        row.files().stream().map(AttackControls::name).toList());
  }

  private static String recipe(Candidate candidate) {
    Shot shot = candidate.image().shot();
    String plain = Message.of("\"%s\" --seed %d", shot.prompt(), shot.seed());
    return candidate.recipe().isEmpty() ? plain : plain + ", " + candidate.recipe();
  }

  /** A file as seen from the store. */
  private static String name(Path file) {
    int names = file.getNameCount();
    return file.subpath(Math.max(0, names - 3), names).toString().replace('\\', '/');
  }

  private String explanation(Attack attack, AttackRow row, List<Run> never) {
    return Message.of(
        "%s Of each of %d trials, with at most %d images, judge %s says whether it shows %s.%s The"
            + " original's value is the same attack on it. %s Luck is as many plain images by"
            + " name. Interval: Wilson, 95 %%.%s",
        attack.summary(),
        row.trials().size(),
        row.candidates(),
        access.judges().get(0),
        String.join(" or ", target.labels()),
        access.judges().size() < 2 ? " It chooses among them too: scored by its own selector." : "",
        never.stream().allMatch(run -> run.trials(row.part()).isEmpty())
            ? "No never-known concept was attacked this way: the floor is how often neighbours'"
                + " images are called it."
            : "The floor is the same attack for concepts that the model never knew, or how often"
                + " neighbours' images are called it, whichever is more.",
        row.fact().isEmpty() ? "" : " " + row.fact());
  }
}
