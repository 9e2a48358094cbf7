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
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.patch.PatchFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever ends a job leaves the patch or a state, and says what goes on. */
class NothingIsLostTest extends OnTinyModel {
  private static final KnownConcepts WORDS =
      new KnownConcepts(
          List.of(
              new KnownConcepts.Phrase("ball", "a ball", ConceptType.OBJECT, ""),
              new KnownConcepts.Phrase("fox", "a fox", ConceptType.OBJECT, "")),
          List.of());

  private Path patch;
  private final List<String> said = new ArrayList<>();
  private final List<Integer> trained = new ArrayList<>();
  private RuntimeException afterStep; // thrown behind the second step, if there

  @BeforeEach
  void name() {
    patch = folder.resolve("a.fmnpatch");
  }

  private final class Watching implements JobContext {
    @Override
    public void progress(String stage, long done, long total) {}

    @Override
    public void say(String line) {
      said.add(line);
    }

    @Override
    public boolean cancelled() {
      return false;
    }

    @Override
    public void trained(int step, int steps, double loss, double gradientNorm) {
      trained.add(step);
      if (step == 2 && afterStep != null) {
        throw afterStep;
      }
    }
  }

  /** Sees a fox in every image, or throws. */
  private record Judge(Throwable thrown) implements ImageClassifier {
    @Override
    public List<String> things() {
      return List.of("a ball", "a fox");
    }

    @Override
    public List<String> styles() {
      return List.of();
    }

    @Override
    public List<String> classify(List<RgbImage> images) {
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException failure) {
        throw failure;
      }
      return images.stream().map(image -> "a fox").toList();
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> images) {
      throw new IllegalStateException();
    }
  }

  private EditJob.Result run(Throwable judgeThrows, boolean resume, String... settings)
      throws IOException {
    ConceptEditor editor = plugins.editor(ConceptEditor.Operation.FORGET, "resteer").orElseThrow();
    Map<String, String> given =
        new HashMap<>(Map.of("no-real-image", "true", "steps", "4", "learning-rate", "1e-4"));
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    EditRequest order =
        new EditRequest(
            editor,
            List.of(new Concept("ball", ConceptType.OBJECT)),
            Settings.of(editor.parameters(), given),
            patch,
            new EvaluationSetup(Path.of(""), false, WORDS, List.of()),
            ReportSize.of(1),
            resume);
    return new EditJob(new Watching()).run(model, order, Optional.of(new Judge(judgeThrows)));
  }

  private Path state() {
    return folder.resolve("a.fmnpatch.checkpoint");
  }

  @ParameterizedTest
  @ValueSource(classes = {OutOfMemoryError.class, CancellationException.class})
  void whatIsThrownWhileImagesAreJudgedLeavesThePatchAndTheTraining(Class<Throwable> type)
      throws Exception {
    Throwable thrown = type.getConstructor().newInstance();

    assertThatThrownBy(() -> run(thrown, false)).isSameAs(thrown);

    try (PatchFile file = PatchFile.open(patch)) {
      assertThat(file.manifest().evidence()).isEmpty();
    }
    assertThat(said).anyMatch(line -> line.contains("whole") && line.contains("--resume"));
    assertThat(trained).containsExactly(1, 2, 3, 4);

    trained.clear();
    EditJob.Result result = run(null, true);
    assertThat(trained).as("the training was not lost").isEmpty();
    assertThat(result.report()).isPresent();
    try (PatchFile file = PatchFile.open(patch)) {
      assertThat(file.id()).isEqualTo(result.id());
      assertThat(file.manifest().evidence()).hasSize(2);
    }
    assertThat(state()).doesNotExist();
  }

  @Test
  void whatIsThrownBetweenStepsLeavesAllStepsThatAreDone() throws IOException {
    afterStep = new IllegalStateException("drawing on the way failed");

    assertThatThrownBy(() -> run(null, false)).isSameAs(afterStep);

    assertThat(patch).doesNotExist();
    assertThat(said).anyMatch(line -> line.contains(state() + "; the same command with --resume"));
    afterStep = null;
    trained.clear();
    assertThat(run(null, true).file()).exists();
    assertThat(trained).containsExactly(3, 4);
  }

  @Test
  void aTrainingThatDivergesSaysSoWhenThePatchIsWritten() throws IOException {
    assertThatThrownBy(() -> run(null, false, "learning-rate", "1"))
        .hasMessageContaining("FMN-308 " + patch + ": was not written: the training diverged")
        .hasMessageContaining("smaller --learning-rate (it was 1.0)")
        .hasMessageNotContaining("--force-patches");

    assertThat(state()).exists();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(folder.resolve("plugins"), state());
    }
  }

  @Test
  void aTrainingThatReachedItsGoalEarlyIsNotGoneOnWith() throws IOException {
    assertThatThrownBy(() -> run(new OutOfMemoryError(), false, "stop-below", "1"))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(trained).containsExactly(1);
    trained.clear();

    assertThat(run(null, true, "stop-below", "1").report()).isPresent();
    assertThat(trained).isEmpty();
  }
}
