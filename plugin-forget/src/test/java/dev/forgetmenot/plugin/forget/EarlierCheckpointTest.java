package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A re-steering that was stopped after step 2 of 4 by the program before 3.0.0, whose state has the
 * former names of the settings and lists with separators, is resumed.
 */
class EarlierCheckpointTest {
  private static final List<Concept> CONCEPTS = List.of(new Concept("ball", ConceptType.OBJECT));

  /** As the earlier program was called. */
  private static final Map<String, String> THEN =
      Map.ofEntries(
          Map.entry("no-real-image", "true"),
          Map.entry("steps", "4"),
          Map.entry("learning-rate", "1e-3"),
          Map.entry("trainable", "lora"),
          Map.entry("lora-rank", "1"),
          Map.entry("lora-targets", "k, v"),
          Map.entry("half", "true"),
          Map.entry("accumulation", "2"),
          Map.entry("batch", "2"),
          Map.entry("lr-schedule", "cosine"),
          Map.entry("lr-warmup", "1"),
          Map.entry("end-of-text", "none"),
          Map.entry("pictures", "3"),
          Map.entry("preserve", "a photo of a house; a tree"));

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
    try (StableDiffusion sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults())) {
      AttentionResteering editor = new AttentionResteering();
      Settings values = Settings.of(editor.parameters(), given);
      PatchDraft draft = sd.engine().call(() -> editor.edit(CONCEPTS, values, sd, job));
      assertThat(draft.recipe().steps()).isEqualTo(4);
    }
    return job.steps;
  }

  @Test
  void isResumedUnderTheFormerNames() throws IOException {
    assertThat(resumed(THEN)).containsExactly(3, 4);
  }

  @Test
  void isRefusedWhereASettingDiffers() {
    Map<String, String> other = new HashMap<>(THEN);
    other.put("preserve", "a photo of a house; a lake");
    assertThatThrownBy(() -> resumed(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("preserve was");
  }
}
