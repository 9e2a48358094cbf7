package dev.forgetmenot.host.demo;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.generate.GenerationJob;
import dev.forgetmenot.host.generate.ImageFolder;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Draws a sheet, forgets a concept, loads the model anew with the patch and draws the sheet again.
 * The steps are the jobs that the commands run: {@link GenerationJob} and {@link EditJob}.
 *
 * @param loader the embedded model
 * @param context progress and cancellation
 */
public record DemoJob(ModelLoader loader, JobContext context) {
  private static final String SHEET = "before-after.png";
  private static final long LIKELY_BYTES = 64L << 20;

  /**
   * Does it.
   *
   * @param folder where the patch and the sheet go
   * @throws IOException if a file cannot be read or written, or the editor is not installed
   */
  public DemoResult run(Path folder) throws IOException {
    Path output = OutputFolder.prepare(folder, LIKELY_BYTES).folder();
    Path patch = output.resolve(DemoDefaults.CONCEPT.name() + ".fmnpatch");
    ConceptEditor editor = editor();
    EvaluationSetup judging =
        EvaluationSetup.of(loader.folder(), Optional.empty(), Optional.empty())
            .asking(loader.plugins());
    List<EvaluationResult.Row> before;
    try (NamedModel model = loader.load(List.of());
        ImageClassifier judge = judge(judging, model)) {
      before = drawSheet(model, judge, "before");
      Settings values = Settings.of(editor.parameters(), Map.of());
      List<Concept> concepts = List.of(DemoDefaults.CONCEPT);
      EditRequest order =
          new EditRequest(editor, concepts, values, patch, judging, ReportSize.NONE, false);
      new EditJob(context)
          .judgedBy(PrototypeImages.usual(loader))
          .run(model, order, Optional.of(judge));
    }
    List<EvaluationResult.Row> after;
    try (NamedModel model =
            loader.load(List.of(new PatchRequest(patch, 1).allow(ILL_CONDITIONED)));
        ImageClassifier judge = judge(judging, model)) {
      after = drawSheet(model, judge, "after");
    }
    DemoResult result = new DemoResult(output.resolve(SHEET), patch, lines(before, after));
    PngFile.write(result.sheet(), sheet(result, before, after).draw(), "");
    return result;
  }

  private ConceptEditor editor() throws IOException {
    return loader
        .plugins()
        .editor(ConceptEditor.Operation.FORGET, DemoDefaults.METHOD)
        .orElseThrow(
            () ->
                new IOException(
                    "the demo needs a plugin with the method '"
                        + DemoDefaults.METHOD
                        + "'; 'fmn plugins' lists what is installed"));
  }

  private static ImageClassifier judge(EvaluationSetup judging, NamedModel model)
      throws IOException {
    return judging
        .open(model.model())
        .orElseThrow(
            () ->
                new IOException(
                    "the demo needs a model with a CLIP and a vocabulary in its folder"));
  }

  private List<EvaluationResult.Row> drawSheet(
      NamedModel hosted, ImageClassifier judge, String stage) {
    GenerationJob drawing = new GenerationJob(hosted.model(), context);
    List<EvaluationResult.Row> rows = new ArrayList<>();
    for (DemoDefaults.Row row : DemoDefaults.ROWS) {
      List<RgbImage> images =
          drawing.draw(request(row), stage + ": " + row.prompt(), StepListener.NONE);
      rows.add(new EvaluationResult.Row(row.phrase(), images, judge.classify(images)));
    }
    return rows;
  }

  private static GenerationRequest request(DemoDefaults.Row row) {
    return GenerationRequest.builder(row.prompt())
        .seed(DemoDefaults.SEED)
        .count(row.judged())
        .steps(DemoDefaults.STEPS)
        .guidance(DemoDefaults.GUIDANCE)
        .sampler(DemoDefaults.SAMPLER)
        .build();
  }

  private static List<DemoResult.Line> lines(
      List<EvaluationResult.Row> before, List<EvaluationResult.Row> after) {
    List<DemoResult.Line> lines = new ArrayList<>();
    for (int i = 0; i < DemoDefaults.ROWS.size(); i++) {
      DemoDefaults.Row row = DemoDefaults.ROWS.get(i);
      lines.add(
          new DemoResult.Line(
              row.prompt(),
              row.phrase(),
              row.judged(),
              before.get(i).recognised(),
              after.get(i).recognised(),
              after.get(i).drift(before.get(i))));
    }
    return lines;
  }

  private static ComparisonSheet sheet(
      DemoResult result, List<EvaluationResult.Row> before, List<EvaluationResult.Row> after) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < result.lines().size(); i++) {
      DemoResult.Line line = result.lines().get(i);
      String note =
          Message.of(
              "seen as \"%s\": %d/%d → %d/%d",
              line.phrase(), line.before(), line.images(), line.after(), line.images());
      rows.add(
          new ComparisonSheet.Row(line.prompt(), note, shown(before.get(i)), shown(after.get(i))));
    }
    return new ComparisonSheet(
        "Forgetting \"" + DemoDefaults.CONCEPT.name() + "\"",
        "before",
        "after, with " + result.patch().getFileName(),
        Message.of(
            "seeds %d to %d, %s, %d steps, guidance %s; judged by the model's own CLIP",
            DemoDefaults.SEED,
            DemoDefaults.SEED + DemoDefaults.COLUMNS - 1,
            DemoDefaults.SAMPLER,
            DemoDefaults.STEPS,
            ImageFolder.plain(DemoDefaults.GUIDANCE)),
        rows);
  }

  private static List<RgbImage> shown(EvaluationResult.Row row) {
    return row.images().subList(0, DemoDefaults.COLUMNS);
  }
}
