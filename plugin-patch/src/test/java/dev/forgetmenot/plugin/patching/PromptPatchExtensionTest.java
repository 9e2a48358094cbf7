package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchLibrary;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.patch.ManifestRewriter;
import dev.forgetmenot.patch.PromptGate;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What prompts make of patches holds for the request alone, and is heard before it is drawn. */
class PromptPatchExtensionTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String WEIGHT = "unet/conv_in.weight";

  private final WrittenPatches patches = new WrittenPatches(MODEL);
  private PatchSet named;
  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    named = PatchSet.open(List.of(new PatchRequest(patch("named"), 1)));
  }

  @AfterEach
  void close() throws IOException {
    named.close();
  }

  private Path patch(String name) throws IOException {
    try (StableDiffusion sd = load(PatchLibrary.NONE)) {
      long[] shape = sd.weights().shape(WEIGHT);
      float[] values = new float[sd.engine().call(() -> sd.weights().base(WEIGHT)).length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i % 5 - 2) * 0.02f;
      }
      return patches.write(
          WrittenPatches.draft(name, Map.of(WEIGHT, new Delta(shape, values))),
          folder.resolve(name + ".fmnpatch"));
    }
  }

  private static StableDiffusion load(PatchLibrary library, PatchRequest... requests)
      throws IOException {
    return StableDiffusion.load(
        MODEL,
        LoadOptions.defaults()
            .patched(List.of(requests), List.of(new PatchStackExtension()))
            .sampled(List.of(new PromptPatchExtension()), List.of())
            .naming(library));
  }

  private static GenerationRequest request(String prompt) {
    return GenerationRequest.of(prompt).sampled("ddim", 2).seeds(3, 2);
  }

  private static byte[] first(List<RgbImage> images) {
    return images.get(0).rgb();
  }

  private PatchRequest library(String name, double strength) {
    assertThat(name).isEqualTo("named");
    return named.requests().get(0).at(strength);
  }

  /** Notes what is said of a request. */
  private static final class Notes implements StepListener {
    private final List<String> lines = new ArrayList<>();
    private GenerationRequest drawn;
    private List<PatchRequest> patches;

    @Override
    public void begins(GenerationRequest request, List<PatchRequest> on) {
      drawn = request;
      patches = on;
    }

    @Override
    public void said(String line) {
      lines.add(line);
    }

    @Override
    public void step(int step, int of, double timestep, Supplier<RgbImage> preview) {}
  }

  @Test
  void aNamedPatchIsOnForTheRequestAlone() throws IOException {
    byte[] expected;
    byte[] plain;
    try (StableDiffusion sd = load(PatchLibrary.NONE)) {
      plain = first(sd.generate(request("a fox")));
      named.applyTo(sd);
      expected = first(sd.generate(request("a fox")));
    }
    assertThat(expected).isNotEqualTo(plain);
    try (StableDiffusion sd = load(this::library)) {
      Notes notes = new Notes();
      GenerationRequest tagged = request("a <patch:named> fox");
      assertThat(first(sd.generate(tagged, notes, () -> false))).isEqualTo(expected);
      assertThat(notes.drawn.prompt()).isEqualTo("a fox");
      assertThat(notes.patches).containsExactly(named.requests().get(0));
      assertThat(sd.patches()).isEmpty();
      assertThat(first(sd.generate(request("a fox")))).isEqualTo(plain);
      List<List<RgbImage>> together = sd.generate(List.of(request("a fox"), tagged));
      assertThat(first(together.get(0))).isEqualTo(plain);
      assertThat(first(together.get(1))).isEqualTo(expected);
      float[] weight = sd.engine().call(() -> sd.weights().current(WEIGHT));
      assertThat(weight).isEqualTo(sd.engine().call(() -> sd.weights().base(WEIGHT)));
    }
  }

  @Test
  void thePatchesAreBackWhenARequestStops() throws IOException {
    try (StableDiffusion sd = load(this::library, named.requests().get(0).at(0.5))) {
      float[] before = sd.engine().call(() -> sd.weights().current(WEIGHT));
      assertThatThrownBy(() -> sd.generate(request("a fox <patch:named>")))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("FMN-601");
      assertThat(sd.engine().call(() -> sd.weights().current(WEIGHT))).isEqualTo(before);
      assertThatThrownBy(() -> sd.generate(request("a fox"), StepListener.NONE, () -> true))
          .hasMessageContaining("stopped");
      assertThat(sd.patches()).containsExactly(named.requests().get(0).at(0.5));
    }
  }

  @Test
  void aGateIsAskedForEachRequest() throws IOException {
    Path file = folder.resolve("gated.fmnpatch");
    PromptGate closed = new PromptGate(PromptGate.PROMPT_COSINE, 0.9999, 1);
    ManifestRewriter.gated(named.files().get(0).path(), Optional.of(closed), file);
    try (PatchSet gated = PatchSet.open(List.of(new PatchRequest(file, 1)));
        StableDiffusion sd = load(PatchLibrary.NONE, gated.requests().get(0))) {
      Notes notes = new Notes();
      sd.generate(request("an unlike prompt"), notes, () -> false);
      assertThat(notes.patches).singleElement().extracting(PatchRequest::strength).isEqualTo(0.0);
      assertThat(notes.lines).singleElement().asString().contains("closeness of the prompt");
      sd.generate(request("a photo of a"), notes, () -> false);
      assertThat(notes.patches).singleElement().extracting(PatchRequest::strength).isEqualTo(1.0);
      assertThat(notes.lines).hasSize(2);
      assertThat(sd.patches()).isEqualTo(gated.requests());
    }
  }

  @Test
  void aNameIsNotLookedUpWhereThereIsNoLibrary() throws IOException {
    try (StableDiffusion sd = load(PatchLibrary.NONE)) {
      assertThatThrownBy(() -> sd.generate(request("a fox <patch:named>")))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("named");
      assertThatThrownBy(() -> sd.generate(request("a fox <patch:>")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("<patch:NAME>");
    }
  }
}
