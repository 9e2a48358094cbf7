package dev.forgetmenot.kit.inversion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An inversion that was stopped after step 2 of 4 by the program before 3.0.0, whose state has the
 * former names of the settings and lists with separators, is resumed.
 */
class EarlierCheckpointTest {
  /** As the earlier program was called. */
  private static final Map<String, String> THEN =
      Map.of(
          "steps", "4",
          "tokens", "<a>| <b>",
          "init", "<zero>|<rand-0.5>",
          "lr-schedule", "cosine",
          "lr-warmup-steps", "1",
          "accumulation", "2",
          "template", "a drawing of {}",
          "no-flip", "true");

  @TempDir Path folder;

  /** Resumes and counts the steps. */
  private final class Resuming implements JobContext.Nested {
    private final List<Integer> steps = new ArrayList<>();

    @Override
    public JobContext outer() {
      return JobContext.NONE;
    }

    @Override
    public void trained(int step, int of, double loss, double gradientNorm) {
      steps.add(step);
    }

    @Override
    public Optional<Path> checkpoint() {
      return Optional.of(folder.resolve("state.safetensors"));
    }

    @Override
    public boolean resuming() {
      return true;
    }
  }

  private List<Integer> resumed(Map<String, String> given) throws IOException {
    try (InputStream state =
        EarlierCheckpointTest.class.getResourceAsStream("checkpoint-before-3.0.safetensors")) {
      Files.copy(state, folder.resolve("state.safetensors"));
    }
    Resuming job = new Resuming();
    TextualInversionSettings settings =
        new TextualInversionSettings(Settings.of(TextualInversionSettings.parameters(), given));
    try (StableDiffusion sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults())) {
      int size = sd.imageSize();
      RgbImage grey = new RgbImage(size, size, new byte[size * size * 3]);
      TrainingImages images =
          new TrainingImages(
              List.of(grey), List.of("a"), List.of("digest"), List.of(Optional.empty()));
      Embeddings found =
          sd.engine()
              .call(
                  () ->
                      new TextualInversion(sd, settings)
                          .run(ConceptType.OBJECT, images, job, InversionListener.NONE));
      assertThat(found.phrase()).isEqualTo("<a><b>");
    }
    return job.steps;
  }

  @Test
  void isResumedUnderTheFormerNames() throws IOException {
    assertThat(resumed(THEN)).containsExactly(3, 4);
  }
}
