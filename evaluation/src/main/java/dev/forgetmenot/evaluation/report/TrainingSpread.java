package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.evaluation.report.EvaluationReport.PatchTraining;
import dev.forgetmenot.evaluation.statistics.SeedSpread;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How far the measures of one trained method differ with the seed of its training: over runs of one
 * patch each, that were trained with equal settings and other seeds.
 *
 * @param runs of a comparison
 */
record TrainingSpread(List<ComparedRun> runs) {
  /** With fewer seeds a spread says little. */
  private static final int SEEDS = 5;

  /** A line of all runs of a method. */
  private record Key(PatchTraining method, List<String> line, Unit unit) {}

  /** The table; empty where no method was trained with two seeds. */
  Optional<TextTable> table() {
    Map<Key, Map<Long, Double>> values = values();
    List<List<String>> rows = new ArrayList<>();
    Set<String> few = new LinkedHashSet<>();
    values.forEach(
        (key, seeds) -> {
          if (seeds.size() > 1) {
            rows.add(row(key, List.copyOf(seeds.values())));
            if (seeds.size() < SEEDS) {
              few.add(Message.of("%s: %d seeds", key.method().method(), seeds.size()));
            }
          }
        });
    List<String> notes = new ArrayList<>();
    notes.add("Mean, standard deviation (n − 1) and Student's 95 % interval of the mean.");
    if (!few.isEmpty()) {
      notes.add(
          Message.of(
              "NOT TESTED with %d seeds or more, so that the spread says little: %s",
              SEEDS, String.join(", ", few)));
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TextTable(
                "Over training seeds",
                List.of("Measure", "Method", "Seeds", "Mean", "Deviation", "95 %"),
                rows,
                notes));
  }

  /** The values of each line by the seed of the training. */
  private Map<Key, Map<Long, Double>> values() {
    Map<Key, Map<Long, Double>> values = new LinkedHashMap<>();
    for (ComparedRun run : runs) {
      List<EvaluationReport.TestedPatch> patches = run.report().patches();
      if (patches.size() == 1 && patches.get(0).training().isPresent()) {
        PatchTraining training = patches.get(0).training().get();
        PatchTraining method = new PatchTraining(training.method(), training.settings(), 0);
        for (Measurement line : run.report().measurements()) {
          boolean scored = line.judge().isEmpty() || line.judge().equals(run.scoring());
          if (scored && line.patched().filter(one -> Double.isFinite(one.value())).isPresent()) {
            List<String> name = List.of(line.measure(), line.concept(), line.part());
            values
                .computeIfAbsent(new Key(method, name, line.unit()), key -> new LinkedHashMap<>())
                .put(training.seed(), line.patched().get().value());
          }
        }
      }
    }
    return values;
  }

  private static List<String> row(Key key, List<Double> values) {
    SeedSpread spread = SeedSpread.of(values);
    return List.of(
        Comparison.named(key.line()),
        key.method().method(),
        Integer.toString(values.size()),
        ReadingText.number(key.unit(), spread.mean()),
        ReadingText.number(key.unit(), spread.deviation()),
        Message.of(
            "%s to %s",
            ReadingText.number(key.unit(), spread.interval().low()),
            ReadingText.number(key.unit(), spread.interval().high())));
  }
}
