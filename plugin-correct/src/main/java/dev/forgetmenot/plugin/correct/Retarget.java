package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.solve.PhraseList;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.patching.linear.InputUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Draws a word as something else: its text embedding becomes that of another phrase, or the mean of
 * several, which stay as they are.
 */
@Extension(ordinal = 21)
public final class Retarget extends SolvedCorrection {
  private static final int DIRECTIONS = 3;

  /** For the plugin manager. */
  public Retarget() {
    super(
        "retarget",
        "Closed form: the word, general or one instance, is drawn as another or as the mean of"
            + " several.");
  }

  @Override
  public List<SettingSpec> parameters() {
    List<SettingSpec> own =
        new ArrayList<>(
            List.of(
                SettingSpec.list(
                        "guide",
                        "What the word is drawn as; of several, their mean. Must be given.")
                    .formerly("to")
                    .formerlySplitAt("|"),
                SettingSpec.number("pull", 1, 0.01, 4, "How far: 1 is all the way.")));
    own.addAll(InstanceOptions.drawings());
    own.add(InstanceOptions.seed());
    return parameters(DIRECTIONS, own);
  }

  @Override
  SolveResult solve(SolveInput job, Concept word) throws IOException {
    List<String> guides =
        guides(job).stream().map(name -> TargetShares.phrase(name, job.vocabulary())).toList();
    if (guides.contains(word.name())) {
      throw new IllegalArgumentException("'" + word.name() + "' would be drawn as itself");
    }
    Set<String> shown = new LinkedHashSet<>(); // what it shows today comes first
    drawnInstance(job, word).filter(phrase -> !phrase.equals(word.name())).ifPresent(shown::add);
    shown.addAll(guides);
    List<String> held = List.copyOf(shown);
    job.context().goal(new EditGoal(word, goalOf(job, word, held), List.of()));
    ConceptShift reading = ConceptShift.of(job, guides, held);
    double[] pulls = new double[guides.size()];
    Arrays.fill(pulls, job.options().number("pull") / guides.size());
    InputUpdate edit = reading.pulled(pulls);
    SolveReport.Writer report = new SolveReport.Writer();
    report.residual(word.name(), String.join(", ", guides), residual(reading, edit));
    sideEffects(reading, edit, report);
    return new SolveResult(
        projector(job, edit), report.done(), List.of(String.join(" | ", guides)));
  }

  private static List<String> guides(SolveInput job) {
    if (job.options().values().find("guide").isEmpty()) {
      throw new IllegalArgumentException(
          "retarget needs --guide: what the word should be drawn as, in words of a prompt");
    }
    return PhraseList.of("guide", job.options().values());
  }

  /** What the word shows today, if it is none of the vocabulary's own things. */
  private static Optional<String> drawnInstance(SolveInput job, Concept word) {
    if (job.vocabulary().find(word.name()).isPresent()) {
      return Optional.empty();
    }
    InstanceOptions options = new InstanceOptions(job.options().values());
    return options
        .drawings(job.encoder(), job.context(), options.values().integer("seed"))
        .map(drawings -> dominant(drawings.of(word), job.context(), word));
  }

  private static String dominant(Map<String, Integer> counts, JobContext context, Concept word) {
    String first = counts.keySet().iterator().next();
    context.say("'" + word.name() + "' shows " + first + " today");
    return first;
  }

  /** A word of the vocabulary is its own dominant instance. */
  private static List<String> goalOf(SolveInput job, Concept word, List<String> held) {
    if (job.vocabulary().find(word.name()).isEmpty()) {
      return held;
    }
    List<String> instances = new ArrayList<>(held);
    instances.add(0, word.name());
    return instances;
  }

  /** How far the word's rows are from the mean of the guides; 0 is there, 1 as far as before. */
  private static double residual(ConceptShift reading, InputUpdate edit) {
    var whole = reading.towards().get(0);
    for (int i = 1; i < reading.towards().size(); i++) {
      whole = whole.plus(reading.towards().get(i));
    }
    whole = whole.times(1.0 / reading.towards().size());
    return edit.of(reading.columns()).minus(reading.columns()).minus(whole).norm() / whole.norm();
  }
}
