package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.kit.evaluate.CorrectionLimits;
import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.CorrectionTrial;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A correction is judged by what its general words show, by their instances under their own names,
 * and by others. Leaves a sheet of images and a table beside the patch.
 *
 * @param order what was asked for
 * @param trial what is drawn
 */
record CorrectionReport(EditRequest order, CorrectionTrial trial)
    implements EvaluationReport<CorrectionResult> {
  /** The images of a report; other seeds than those by which editors choose. */
  static final CorrectionTrial.Size SIZE = new CorrectionTrial.Size(64, 32, 60, 1, 4000, 20);

  /** The report of an order on what its editor said that it is about; at least one goal. */
  static CorrectionReport of(EditRequest order, List<CorrectionGoal> goals) {
    return new CorrectionReport(
        order, CorrectionTrial.of(goals, order.judging().vocabulary(), order.report().of(SIZE)));
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
  public CorrectionResult draw(DiffusionModel model, ImageClassifier judge) {
    return trial.run(model, judge);
  }

  @Override
  public List<Manifest.Evidence> evidence(CorrectionResult before, CorrectionResult after) {
    return new CorrectionEvidence(trial.size()).of(before, after);
  }

  @Override
  public EditJob.Report write(PatchDraft draft, CorrectionResult before, CorrectionResult after)
      throws IOException {
    CorrectionTable table = new CorrectionTable(before, after);
    List<String> missed = CorrectionLimits.DEFAULT.missed(before, after);
    CorrectionSheet sheet =
        new CorrectionSheet(
            order.editor().name(), order.patch().getFileName().toString(), trial.size().seed());
    PngFile.write(order.sheet(), sheet.of(before, after).draw(), "");
    String text = new CorrectionPage(order, trial.size(), draft.recipe(), table, missed).text();
    AtomicFile.write(order.table(), text.getBytes(StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(after.since(before));
    missed.forEach(sentence -> lines.add("missed: " + sentence));
    return new EditJob.Report(lines, List.of(order.sheet(), order.table()));
  }
}
