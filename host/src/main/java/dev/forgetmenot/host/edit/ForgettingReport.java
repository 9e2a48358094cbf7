package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A forgetting is judged by its targets, which should no longer be recognised, and by others.
 *
 * @param order what was asked for
 * @param trial what is drawn
 */
record ForgettingReport(EditRequest order, Evaluation trial)
    implements EvaluationReport<EvaluationResult> {
  /** The images of a report; other seeds than those by which editors choose. */
  static final Evaluation.Size SIZE = new Evaluation.Size(16, 30, 1, 4000, 20);

  /** The metric of a phrase that is recognised as what the prompt named. */
  static final String METRIC = "recognised-as-target";

  /** The metric of the others together. */
  static final String OTHERS_METRIC = "others-recognised";

  /** The report of an order. */
  static ForgettingReport of(EditRequest order) {
    return new ForgettingReport(
        order,
        Evaluation.of(order.concepts(), order.judging().vocabulary(), order.report().of(SIZE)));
  }

  @Override
  public boolean canBeJudgedBy(ImageClassifier judge) {
    return trial.canBeJudgedBy(judge);
  }

  @Override
  public int images() {
    return trial.images();
  }

  @Override
  public EvaluationResult draw(DiffusionModel model, ImageClassifier judge) {
    return trial.run(model, judge);
  }

  @Override
  public List<Manifest.Evidence> evidence(EvaluationResult before, EvaluationResult after) {
    List<Manifest.Evidence> lines = new ArrayList<>();
    Evaluation.Size size = trial.size();
    for (int i = 0; i < before.targets().size(); i++) {
      lines.add(
          new Manifest.Evidence(
              trial.prompt(i),
              size.seed(),
              size.steps(),
              METRIC,
              before.targets().get(i).share(),
              after.targets().get(i).share()));
    }
    if (!before.others().isEmpty()) {
      lines.add(
          new Manifest.Evidence(
              before.others().size() + " other phrases",
              size.seed(),
              size.steps(),
              OTHERS_METRIC,
              before.retainAccuracy(),
              after.retainAccuracy()));
    }
    return lines;
  }

  @Override
  public EditJob.Report write(PatchDraft draft, EvaluationResult before, EvaluationResult after)
      throws IOException {
    PngFile.write(order.sheet(), EditSheet.of(order, before, after).draw(), "");
    return new EditJob.Report(List.of(after.since(before)), List.of(order.sheet()));
  }
}
