package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.plugin.forget.AttentionResteering;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: forget, write, load anew with the patch, take it off. */
class ForgetAndApplyTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");

  private final Map<String, float[]> trained = new LinkedHashMap<>();
  private final Map<String, float[]> base = new LinkedHashMap<>();

  @Test
  void aPatchedModelHasTheTrainedWeights(@TempDir Path folder) throws IOException {
    PatchDraft draft = forget();
    assertThat(draft.edits()).isNotEmpty();
    assertThat(draft.recipe().parameters()).containsKeys("learning-rate", "weight-decay");
    assertThat(draft.recipe().toolVersion()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(draft.recipe().trainingImages()).hasSize(2).allMatch(hex -> hex.length() == 64);
    WrittenPatches patches = new WrittenPatches(MODEL);
    Path file = patches.write(draft, folder.resolve("a.fmnpatch"));
    try (PatchFile written = PatchFile.open(file)) {
      assertThat(written.manifest().recipe().steps()).isEqualTo(3);
    }

    Map<String, float[]> patched = patches.load(trained.keySet(), new PatchRequest(file, 1));
    int changed = 0;
    int off = 0;
    for (Map.Entry<String, float[]> entry : trained.entrySet()) {
      float[] expected = entry.getValue();
      float[] found = patched.get(entry.getKey());
      for (int i = 0; i < expected.length; i++) {
        // base + float(trained − base): the difference is rounded where it is no smaller than both
        float start = base.get(entry.getKey())[i];
        float unit = Math.ulp(Math.max(Math.abs(start), Math.abs(expected[i])));
        assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo(unit);
        off += found[i] == expected[i] ? 0 : 1;
        changed += expected[i] == start ? 0 : 1;
      }
    }
    System.err.printf("measured: %d of %d changed weights off by one ulp%n", off, changed);
    assertThat(changed).isPositive();
    assertThat(off).isLessThanOrEqualTo(changed / 100);

    Map<String, float[]> without = patches.load(trained.keySet());
    base.forEach((name, values) -> assertThat(without.get(name)).as(name).isEqualTo(values));
  }

  /** Forgets with two images that the model draws, and keeps the trained weights. */
  private PatchDraft forget() throws IOException {
    ConceptEditor editor = new AttentionResteering();
    Settings values =
        Settings.of(
            editor.parameters(), Map.of("steps", "3", "num-images", "2", "learning-rate", "1e-3"));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      return sd.engine()
          .call(
              () -> {
                PatchDraft draft =
                    editor.edit(
                        List.of(new Concept("merlin", ConceptType.IDENTITY)),
                        values,
                        sd,
                        JobContext.NONE);
                for (String name : sd.weights().names()) {
                  if (name.startsWith("unet/")) {
                    trained.put(name, sd.weights().current(name));
                    base.put(name, sd.weights().base(name));
                  }
                }
                return draft;
              });
    }
  }
}
