package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.ShareMeasurement;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.stack.AppliedEdits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Balances the instances of a general word: its text embedding is pulled towards the overshadowed
 * ones, and drawings say how far. Each round solves again from the base, never on top of the last.
 * Without a judge the first pull is taken as it is, and that is said.
 */
@Extension(ordinal = 20)
public final class Balance extends SolvedCorrection {
  private static final int DIRECTIONS = 3;

  /** A pull at which less than this shows an instance at all is one between them. */
  private static final double BLEND = 0.6;

  private static final int BLENDS = 2; // so many say that a mean of the instances is a blend

  /** For the plugin manager. */
  public Balance() {
    super(
        "balance",
        "Closed form: the word is pulled towards the overshadowed instances, as far as drawings"
            + " say.");
  }

  /** A round: the pulls, the edit, and what drawings showed. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  private record Round(double[] pulls, InputUpdate edit, double[] shares, double distance) {}

  @Override
  public List<SettingSpec> parameters() {
    List<SettingSpec> own = new ArrayList<>(InstanceOptions.instances());
    own.add(
        SettingSpec.integer(
            "rounds", 6, 1, 100, "How often the pull is corrected by images at most."));
    own.add(
        SettingSpec.number(
            "tolerance",
            0.1,
            0,
            1,
            "Ends the search: how far shares may be from the wanted ones."));
    own.addAll(InstanceOptions.drawings());
    own.add(InstanceOptions.seed());
    return parameters(DIRECTIONS, own);
  }

  @Override
  SolveResult solve(SolveInput job, Concept word) throws IOException {
    InstanceOptions options = new InstanceOptions(job.options().values());
    Optional<ShareMeasurement> drawings =
        options.drawings(job.encoder(), job.context(), options.values().integer("seed"));
    TargetShares shares = options.shares(word, job.encoder(), drawings, job.context());
    List<String> phrases = shares.phrases();
    job.context().goal(new EditGoal(word, phrases, List.of()));
    ConceptShift reading = ConceptShift.of(job, phrases.subList(1, phrases.size()), phrases);
    SolveReport.Writer report = new SolveReport.Writer();
    Round best =
        best(
            job,
            word,
            shares,
            reading,
            InstanceOptions.abstaining(drawings, shares, word, job.context()));
    report.note("instances", shares.toString(), "instances and wanted shares: " + shares);
    report.note(
        "pulls", SolveReport.numbers(best.pulls), "pulled by " + SolveReport.numbers(best.pulls));
    if (drawings.isPresent()) {
      report.note(
          "shares",
          SolveReport.numbers(best.shares),
          "shares in the last drawings: " + SolveReport.numbers(best.shares));
    }
    sideEffects(reading, best.edit, report);
    return new SolveResult(
        projector(job, best.edit), report.done(), List.of(String.join(" | ", phrases)));
  }

  private static Round best(
      SolveInput job,
      Concept word,
      TargetShares shares,
      ConceptShift reading,
      Optional<ShareMeasurement> drawings)
      throws IOException {
    BalanceSearch search = new BalanceSearch(shares.wanted());
    if (drawings.isEmpty()) {
      job.context().say("no CLIP classifier for this model: the first pull is not corrected");
      double[] pulls = search.pulls();
      return new Round(pulls, reading.pulled(pulls), new double[0], 0);
    }
    int rounds = job.options().integer("rounds");
    Round best = null;
    int blends = 0;
    for (int i = 0; i < rounds; i++) {
      job.context().checkCancelled();
      Round round = round(job, word, shares, reading, drawings.get(), search.pulls());
      job.context().progress("balancing", i + 1L, rounds);
      job.context()
          .say(
              Message.of(
                  "round %s: pulled by %s, shares %s",
                  i + 1, SolveReport.numbers(round.pulls), SolveReport.numbers(round.shares)));
      if (best == null || round.distance < best.distance) {
        best = round;
      }
      if (round.distance <= job.options().number("tolerance")) {
        break;
      }
      blends += Arrays.stream(round.shares).sum() < BLEND ? 1 : 0;
      if (blends == BLENDS) {
        job.context()
            .say("between its instances the word shows other things: no pull shares it out");
        break;
      }
      search.saw(round.shares);
    }
    job.context().progress("balancing", rounds, rounds);
    return best;
  }

  private static Round round(
      SolveInput job,
      Concept word,
      TargetShares shares,
      ConceptShift reading,
      ShareMeasurement drawings,
      double[] pulls)
      throws IOException {
    InputUpdate edit = reading.pulled(pulls);
    double[] seen =
        AppliedEdits.during(
            List.of(projector(job, edit)), job.model(), () -> shares.seen(drawings.of(word)));
    return new Round(pulls, edit, seen, BalanceSearch.distance(shares.wanted(), seen));
  }

  /** One round says what all of them cost. */
  @Override
  public Optional<EditEstimate> estimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Map<String, String> one = new HashMap<>(values.all());
    one.put("rounds", "1");
    Settings few = Settings.of(parameters(), one);
    return super.estimate(concepts, few, model, JobContext.silent(context))
        .map(
            estimate ->
                new EditEstimate(
                    estimate.time().multipliedBy(values.integer("rounds")),
                    estimate.peakBytes(),
                    estimate.lines()));
  }
}
