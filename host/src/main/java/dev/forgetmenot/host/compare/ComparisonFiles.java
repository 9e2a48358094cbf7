package dev.forgetmenot.host.compare;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a comparison of methods leaves in a folder: {@code table.md} with a section a concept, a
 * sheet of images a concept, and {@code patches/}.
 *
 * @param folder where everything goes
 */
record ComparisonFiles(Path folder) {
  private static final long LIKELY_BYTES = 256L << 20;

  /** What several methods did to one concept. */
  record Section(String markdown, ComparisonSheet sheet) {}

  /** Compares on one concept. */
  @FunctionalInterface
  interface Comparison {
    /** Makes the patches and draws; takes minutes. */
    Section on(Concept concept, ImageClassifier judge) throws IOException;
  }

  /**
   * Compares on each concept and writes.
   *
   * @param judging by what images are judged; there must be a judge
   * @return the table's file
   */
  Path write(
      NamedModel hosted, List<Concept> concepts, EvaluationSetup judging, Comparison comparison)
      throws IOException {
    OutputFolder.prepare(folder, LIKELY_BYTES);
    try (ImageClassifier judge =
        judging
            .open(hosted.model())
            .orElseThrow(
                () ->
                    new IOException(
                        "a comparison needs a classifier of images and a vocabulary; name a CLIP folder by"
                            + " --clip and a list of phrases by --vocabulary"))) {
      StringBuilder text = new StringBuilder();
      Path file = folder.resolve("table.md");
      for (Concept concept : concepts) {
        Section section = comparison.on(concept, judge);
        String sheet = ComparedMethod.slug(concept.name()) + ".png";
        PngFile.write(folder.resolve(sheet), section.sheet().draw(), "");
        text.append(section.markdown());
        text.append("\n![").append(concept.name()).append("](").append(sheet).append(")\n\n");
        AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
      }
      return file;
    }
  }

  /** The file of the patch that a method makes of a concept. */
  Path patch(Concept concept, ComparedMethod method) throws IOException {
    String name = ComparedMethod.slug(concept.name() + " " + method.label());
    return Files.createDirectories(folder.resolve("patches")).resolve(name + ".fmnpatch");
  }
}
