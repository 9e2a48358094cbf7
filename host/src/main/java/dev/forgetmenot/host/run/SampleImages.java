package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.edit.DrawnBeside;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.generate.GenerationJob;
import dev.forgetmenot.host.generate.ImageFolder.Provenance;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Draws the sample images of a run and writes them as {@code samples/01-before-7.png}: number of
 * the prompt, when, seed. Older ones of the same name are replaced.
 *
 * @param plan what is drawn, and where it goes
 * @param context progress and cancellation
 * @param judging by what the images are judged
 */
record SampleImages(RunPlan plan, JobContext context, EvaluationSetup judging) {
  private static final String FOLDER = "samples";

  /**
   * Draws one set.
   *
   * @param when a word of the file names
   * @param patches what is on the model, for the images' infotext
   * @return the images of each line
   */
  List<List<RgbImage>> draw(NamedModel hosted, String when, List<String> patches)
      throws IOException {
    Path folder = Files.createDirectories(plan.output().resolve(FOLDER));
    List<List<RgbImage>> rows = new ArrayList<>();
    for (GenerationRequest request : plan.samples().requests()) {
      List<RgbImage> images =
          new GenerationJob(hosted.model(), context)
              .draw(request, when + ": " + request.prompt(), StepListener.NONE);
      Provenance provenance = Provenance.of(hosted, request, patches, List.of(), Map.of());
      for (int k = 0; k < images.size(); k++) {
        Path file = folder.resolve(name(rows.size(), when, request.seedOf(k)));
        PngFile.write(file, PngFile.image(images.get(k)), provenance.infotext(request, k));
      }
      rows.add(images);
    }
    return rows;
  }

  /** Pixels of the largest image; 0 where none is drawn. */
  long pixels(NamedModel hosted) {
    int usual = hosted.model().imageSize();
    return plan.samples().requests().stream()
        .mapToLong(one -> (long) one.width().orElse(usual) * one.height().orElse(usual))
        .max()
        .orElse(0);
  }

  /** Work that draws. */
  @FunctionalInterface
  interface Drawing {
    void draw() throws IOException;
  }

  /** These images beside a job. */
  DrawnBeside beside(NamedModel hosted, Drawing before) {
    return new DrawnBeside() {
      @Override
      public long pixels() {
        return SampleImages.this.pixels(hosted);
      }

      @Override
      public void before() throws IOException {
        before.draw();
      }
    };
  }

  /** Draws one set and says what the images show, where anybody can. */
  List<SampleReport.Row> judged(NamedModel hosted, String when, List<String> patches)
      throws IOException {
    List<List<RgbImage>> rows = draw(hosted, when, patches);
    Optional<ImageClassifier> judge = judging.open(hosted.model());
    try {
      boolean able = judge.map(one -> !one.things().isEmpty()).orElse(false);
      List<SampleReport.Row> judged = new ArrayList<>();
      for (List<RgbImage> row : rows) {
        judged.add(
            new SampleReport.Row(
                row,
                able
                    ? judge.orElseThrow().classify(row).stream().map(Optional::of).toList()
                    : row.stream().map(image -> Optional.<String>empty()).toList()));
      }
      return judged;
    } finally {
      judge.ifPresent(ImageClassifier::close);
    }
  }

  static String name(int line, String when, long seed) {
    return Message.of("%02d-%s-%d.png", line + 1, when, seed);
  }
}
