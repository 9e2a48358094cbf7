package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.Target;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.List;

/** A report of attacks. */
final class SampleAttacks {
  private SampleAttacks() {}

  /** The report. */
  static EvaluationReport report() {
    return report(3, List.of("results/x/seed-1.safetensors"));
  }

  /**
   * A report with other files.
   *
   * @param best place of the best image; -1 for none
   */
  static EvaluationReport report(int best, List<String> files) {
    EvaluationReport report = SampleReport.of("sample.fmnpatch");
    return SampleReport.with(
        report,
        new Part(
            "attacks",
            "Whether the target can be brought back.",
            attacks(report.targets().get(0), report.sets().get(0), best, files),
            List.of(new NotTested("names", "lighthouse", "long", "The list has no prompts.")),
            640));
  }

  private static List<Measurement> attacks(
      Target target, DrawnSet set, int best, List<String> files) {
    Count found = new Count(9, 16);
    return List.of(
        Measurement.builder("invert", target.name())
            .part("50 steps")
            .judge("B")
            .in(Unit.PERCENT, Good.LOW)
            .original(SampleReport.reading(new Count(16, 16)))
            .patched(SampleReport.reading(found))
            .question(
                new Question(
                    SampleReport.reading(found),
                    SampleReport.reading(new Count(16, 16)),
                    SampleReport.reading(new Count(1, 24)),
                    SampleReport.reading(new Count(78, 80)),
                    ExactTest.fisherGreater(found, new Count(1, 24))))
            .attack(
                new AttackFacts(
                    "invert",
                    Attack.Access.EMBEDDINGS,
                    true,
                    AttackBudget.QUICK,
                    740,
                    12.34,
                    1,
                    SampleReport.reading(new Count(2, 16)),
                    ExactTest.mcNemarGreater(8, 1),
                    best,
                    "\"a photo of <c1>\" --seed 1003, --embedding results/x/"
                        + SampleReport.HOSTILE,
                    "Learned from 16 images.",
                    files))
            .explained("Learns tokens.", "Pham et al. 2023")
            .of(SampleReport.imageSet(set))
            .build(),
        Measurement.builder("off", target.name())
            .part("weights restored")
            .in(Unit.PERCENT, Good.HIGH)
            .patched(SampleReport.reading(new Count(686, 686)))
            .explained("Taken off.", "this project")
            .build());
  }
}
