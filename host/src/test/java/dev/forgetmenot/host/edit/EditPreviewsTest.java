package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The images of a report that go into the patch are those that its seeds draw. */
class EditPreviewsTest extends OnTinyModel {
  private static final KnownConcepts WORDS =
      new KnownConcepts(
          List.of(
              new KnownConcepts.Phrase("ball", "a ball", ConceptType.OBJECT, ""),
              new KnownConcepts.Phrase("fox", "a fox", ConceptType.OBJECT, "")),
          List.of());

  private final List<String> said = new ArrayList<>();

  /** Sees a fox in every image. */
  private record Judge(List<String> things) implements ImageClassifier {
    @Override
    public List<String> styles() {
      return List.of();
    }

    @Override
    public List<String> classify(List<RgbImage> images) {
      return images.stream().map(image -> "a fox").toList();
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> images) {
      throw new IllegalStateException();
    }
  }

  private EditRequest order(EvaluationSetup judging, ReportSize size, String... concepts) {
    ConceptEditor editor = plugins.editor(ConceptEditor.Operation.FORGET, "uce").orElseThrow();
    return new EditRequest(
        editor,
        List.of(concepts).stream().map(name -> new Concept(name, ConceptType.OBJECT)).toList(),
        Settings.of(editor.parameters(), Map.of()),
        folder.resolve("a.fmnpatch"),
        judging,
        size,
        false);
  }

  private PatchFile made(ReportSize size, Optional<ImageClassifier> judge, String... concepts)
      throws IOException {
    JobContext context =
        new JobContext.Silent() {
          @Override
          public JobContext outer() {
            return NONE;
          }

          @Override
          public void say(String line) {
            said.add(line);
          }
        };
    EvaluationSetup words = new EvaluationSetup(Path.of(""), false, WORDS, List.of());
    new EditJob(context).run(model, order(words, size, concepts), judge);
    return PatchFile.open(folder.resolve("a.fmnpatch"));
  }

  private static Optional<ImageClassifier> judge() {
    return Optional.of(new Judge(List.of("a ball", "a fox")));
  }

  private RgbImage image(PatchFile patch, PatchPreview preview) throws IOException {
    Path file = folder.resolve("image.png");
    Files.write(file, patch.content(preview.entry()));
    return ImageFile.read(file).image();
  }

  private RgbImage drawn(PatchPreview preview) {
    GenerationRequest request =
        GenerationRequest.of(preview.prompt()).seeds(preview.seed(), 1).sampled("ddim", 12);
    return model
        .model()
        .engine()
        .call(() -> model.model().generate(List.of(request)).get(0))
        .get(0);
  }

  @Test
  void theyCanBeDrawnAgain() throws IOException {
    try (PatchFile patch = made(ReportSize.of(2).previews(3), judge(), "ball")) {
      Manifest manifest = patch.manifest();
      assertThat(manifest.version()).isEqualTo(new Manifest.Version(1, 4));
      assertThat(manifest.evidence()).isNotEmpty();
      List<PatchPreview> previews = manifest.previews();
      assertThat(previews).hasSize(4); // there are two images of the concept
      assertThat(previews)
          .extracting(PatchPreview::seed)
          .containsExactly(4000L, 4000L, 4001L, 4001L);
      assertThat(previews).extracting(PatchPreview::strength).containsExactly(0.0, 1.0, 0.0, 1.0);
      RgbImage before = drawn(previews.get(2));
      assertThat(image(patch, previews.get(2)).rgb()).isEqualTo(before.rgb());
      model.model().repatch(List.of(new PatchRequest(patch.path(), 1)));
      RgbImage after = drawn(previews.get(3));
      assertThat(image(patch, previews.get(3)).rgb())
          .isEqualTo(after.rgb())
          .isNotEqualTo(before.rgb());
      model.model().repatch(List.of());
    }
  }

  @Test
  void conceptsTakeTurns() throws IOException {
    try (PatchFile patch = made(ReportSize.of(2).previews(3), judge(), "ball", "fox")) {
      List<PatchPreview> previews = patch.manifest().previews();
      assertThat(previews).hasSize(6);
      assertThat(previews.get(0).prompt()).isNotEqualTo(previews.get(2).prompt());
      assertThat(previews.get(4).prompt()).isEqualTo(previews.get(0).prompt());
      assertThat(previews.get(4).seed()).isEqualTo(4001);
    }
  }

  @Test
  void withoutAReportThereAreNone() throws IOException {
    try (PatchFile patch = made(ReportSize.of(1).previews(1), Optional.empty(), "ball")) {
      assertThat(patch.manifest().previews()).isEmpty();
      assertThat(patch.manifest().version().minor()).isLessThan(4);
    }
    assertThat(said).anyMatch(line -> line.startsWith("no images of it are in the patch"));
    for (ReportSize size : List.of(ReportSize.NONE.previews(1), ReportSize.USUAL.previews(1))) {
      assertThatThrownBy(() -> order(EvaluationSetup.NONE, size, "ball").checkPreviews())
          .hasMessageContaining("fmn patch preview");
    }
    assertThatThrownBy(() -> ReportSize.USUAL.previews(5)).hasMessageContaining("0 to 4 pairs");
  }
}
