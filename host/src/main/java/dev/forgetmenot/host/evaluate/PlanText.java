package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.evaluation.run.PlanCost;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.generate.StepTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan in lines for people, before anything is drawn. */
final class PlanText {
  private PlanText() {}

  /**
   * The lines.
   *
   * @param evaluators their names
   * @param settings of the images
   * @param free bytes of the store's disk
   */
  static List<String> lines(
      Targets targets,
      List<String> evaluators,
      PlanCost cost,
      GenerationRequest settings,
      String store,
      long free) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "targets: "
            + targets.concepts().stream()
                .map(BenchConcept::name)
                .collect(Collectors.joining(", ")));
    if (!targets.unlisted().isEmpty()) {
      lines.add("not in the list, so not tested: " + String.join(", ", targets.unlisted()));
    }
    lines.add("evaluators: " + String.join(", ", evaluators));
    lines.add(
        String.format(
            Locale.ROOT,
            "images: %,d, of which %,d are in the store and %,d are drawn",
            cost.images(),
            cost.stored(),
            cost.drawn()));
    PlanCost.Calibrating judges = cost.calibrating();
    lines.add(
        Message.of(
            "judges: set by %d images of %d concepts, of which %d are drawn, about %s",
            judges.images(),
            judges.concepts(),
            judges.drawn(),
            StepTime.said(cost.ofCalibrating())));
    lines.add(
        String.format(
            Locale.ROOT,
            "UNet evaluations: %,d for the images, %,d beside",
            cost.unetEvaluations(),
            cost.beside()));
    lines.add(
        String.format(
            Locale.ROOT,
            "time: about %s to draw and %s beside, at %s an image, as %s",
            StepTime.said(cost.drawing()),
            StepTime.said(cost.besides(settings)),
            StepTime.said(Duration.ofNanos(Math.round(1e9 * cost.speed().seconds()))),
            cost.speed().remembered()
                ? "an earlier drawing of this model took on this machine"
                : "was timed just now by a few steps of one batch"));
    lines.add(
        Message.of(
            "disk: at most %s in %s, where %s are free",
            ByteSizes.of(cost.bytes()), store, ByteSizes.of(free)));
    return lines;
  }
}
