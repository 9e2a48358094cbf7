package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which models the later kinds fit, and which changes are too large to be meant. */
class BaseOfKindsTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String OTHER = "0".repeat(64);
  private static final String BIAS_LIKE = "unet/conv_in.weight";

  private final WrittenPatches patches = new WrittenPatches(MODEL);
  @TempDir Path folder;

  private static Rows rows(int count, int width, float value) {
    float[] values = new float[count * width];
    Arrays.fill(values, value);
    return new Rows(count, width, values);
  }

  private static PatchDraft projector(int width, List<String> targets) {
    ProjectorEdit edit =
        new ProjectorEdit("a", rows(1, width, 0.01f), rows(1, width, 0.01f), targets);
    return WrittenPatches.draft("a", edit);
  }

  private static int width() throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      String key =
          sd.weights().names().stream()
              .filter(name -> name.endsWith(".attn2.to_k.weight"))
              .findFirst()
              .orElseThrow();
      return (int) sd.weights().shape(key)[1];
    }
  }

  private Path write(PatchDraft draft, UnaryOperator<Manifest.Base> change) throws IOException {
    return patches.write(draft, folder.resolve("a.fmnpatch"), change);
  }

  private void assertRefused(Path file, PatchError error, String... words) {
    assertThatThrownBy(() -> patches.load(List.of(), new PatchRequest(file, 1)))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error))
        .hasMessageContainingAll(words);
  }

  private static Manifest.Base with(
      Manifest.Base base, UnaryOperator<Manifest.Component> unet, String policy) {
    Map<String, Manifest.Component> components = new TreeMap<>(base.components());
    components.computeIfPresent("unet", (name, component) -> unet.apply(component));
    return new Manifest.Base(
        components, base.textEncoder(), base.tokenizer(), base.label(), policy);
  }

  private static Manifest.Component otherValues(Manifest.Component unet) {
    return new Manifest.Component(OTHER, OTHER, unet.touched(), Map.of());
  }

  @Test
  void aProjectorGoesWithTheTextEncoderAndSaysSo() throws IOException {
    PatchDraft draft = projector(width(), TextProjections.KV.targets());
    assertThat(said(write(draft, base -> base))).containsExactly("a@1.0.0:1.0");
    Path moved = write(draft, b -> with(b, BaseOfKindsTest::otherValues, "same-text-encoder"));
    assertThat(said(moved))
        .containsExactly("a@1.0.0:1.0 (on another model with the same text encoder)");
    Path bound = write(draft, b -> with(b, BaseOfKindsTest::otherValues, "same-values"));
    assertRefused(bound, PatchError.VALUES_DIFFER, "tensors of unet", "the test's base");
  }

  private static List<String> said(Path file) throws IOException {
    LoadOptions options =
        LoadOptions.defaults()
            .patched(List.of(new PatchRequest(file, 1)), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      return sd.patchDescriptions();
    }
  }

  @Test
  void anotherTextEncoderOrTokenizerIsRefused() throws IOException {
    PatchDraft draft = projector(width(), TextProjections.KV.targets());
    Path encoder =
        write(
            draft,
            b ->
                new Manifest.Base(
                    b.components(),
                    Optional.of(new Manifest.Roots(OTHER, OTHER)),
                    b.tokenizer(),
                    b.label(),
                    b.policy()));
    assertRefused(encoder, PatchError.VALUES_DIFFER, "another text encoder");
    UnaryOperator<Manifest.Base> words =
        b ->
            new Manifest.Base(
                b.components(),
                b.textEncoder(),
                Optional.of(new Manifest.Tokenizer(OTHER, OTHER)),
                b.label(),
                b.policy());
    assertRefused(write(draft, words), PatchError.TOKENIZER, "another vocabulary");
    TokensEdit tokens = new TokensEdit(Map.of("<s1>", rows(1, width(), 0.1f)));
    assertRefused(
        write(WrittenPatches.draft("t", tokens), words), PatchError.TOKENIZER, "vocabulary");
    Path rounded =
        write(
            draft,
            b ->
                new Manifest.Base(
                    b.components(),
                    b.textEncoder().map(roots -> new Manifest.Roots(OTHER, roots.f16())),
                    b.tokenizer(),
                    b.label(),
                    b.policy()));
    assertThat(said(rounded))
        .containsExactly("a@1.0.0:1.0 (on a copy of its base in another precision)");
  }

  @Test
  void targetsMustBeThereWithTheWidth() throws IOException {
    int width = width();
    assertRefused(
        write(projector(width + 1, TextProjections.K.targets()), b -> b),
        PatchError.BASE_SHAPE,
        "attn2.to_k.weight",
        "instead of rows of " + (width + 1));
    assertThatThrownBy(() -> write(projector(width, List.of("unet/*.attn3.to_k.weight")), b -> b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unet/*.attn3.to_k.weight");
    Manifest.Base base =
        new Manifest.Base(
            Map.of("unet", new Manifest.Component(OTHER, OTHER, 1, Map.of())),
            Optional.of(new Manifest.Roots(OTHER, OTHER)),
            Optional.of(new Manifest.Tokenizer(OTHER, OTHER)),
            "another",
            "same-text-encoder");
    PatchDraft nothing = projector(width, List.of("unet/*.attn3.to_k.weight"));
    Path file = folder.resolve("b.fmnpatch");
    assertRefused(
        WrittenPatches.writeFor(base, "other", nothing, file),
        PatchError.TENSOR_MISSING,
        "unet/*.attn3.to_k.weight");
    assertRefused(
        WrittenPatches.writeFor(base, "other", projector(width, TextProjections.K.targets()), file),
        PatchError.TENSOR_MISSING,
        "made for 1 tensors of unet");
    assertRefused(
        WrittenPatches.writeFor(base, "stable-diffusion-v1", nothing, file),
        PatchError.ARCHITECTURE,
        "the patch is for stable-diffusion-v1 and the model is other");
    TokensEdit wide = new TokensEdit(Map.of("<s1>", rows(1, width + 1, 0.1f)));
    assertRefused(
        write(WrittenPatches.draft("t", wide), b -> b),
        PatchError.BASE_SHAPE,
        "token_embedding.weight");
  }

  @Test
  void twoPatchesWithOneTokenConflict() throws IOException {
    int width = width();
    TokensEdit one = new TokensEdit(Map.of("<s1>", rows(1, width, 0.1f)));
    TokensEdit two = new TokensEdit(Map.of("<S1>", rows(1, width, 0.2f)));
    Path a = patches.write(WrittenPatches.draft("a", one), folder.resolve("a.fmnpatch"));
    Path b = patches.write(WrittenPatches.draft("b", two), folder.resolve("b.fmnpatch"));
    assertThatThrownBy(
            () -> patches.load(List.of(), new PatchRequest(a, 1), new PatchRequest(b, 1)))
        .hasMessageContaining("FMN-601")
        .hasMessageContaining("S1>");
  }

  @Test
  void factorsOfOtherValuesAreRefused() throws IOException {
    PatchDraft draft = factors(0.001f);
    patches.load(List.of(), new PatchRequest(write(draft, b -> b), 1));
    Path other = write(draft, b -> with(b, BaseOfKindsTest::otherValues, "same-text-encoder"));
    assertRefused(other, PatchError.VALUES_DIFFER, "the 1 tensors of unet that it changes");
  }

  private static PatchDraft factors(float value) throws IOException {
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      long[] shape = sd.weights().shape(BIAS_LIKE);
      int in = (int) (shape[1] * shape[2] * shape[3]);
      LowRank factors =
          new LowRank(
              shape, 1, 1, rows(1, in, value).values(), rows((int) shape[0], 1, 1).values());
      return WrittenPatches.draft("f", new LowRankEdit(Map.of(BIAS_LIKE, factors)));
    }
  }

  /** Oblique projectors add much in directions that no text has. */
  @Test
  void projectorsMayAddMoreThanTheWeightButNotAnything() throws IOException {
    int width = width();
    float one = (float) (2 / Math.sqrt(width)); // two unit vectors: |leftᵀ · right| is 4
    Rows ones = rows(1, width, one);
    ProjectorEdit large = new ProjectorEdit("a", ones, ones, TextProjections.KV.targets());
    patches.load(List.of(), new PatchRequest(write(WrittenPatches.draft("a", large), b -> b), 2));
    Rows huge = rows(1, width, 1000 * one);
    ProjectorEdit absurd = new ProjectorEdit("a", huge, ones, TextProjections.KV.targets());
    Path file = write(WrittenPatches.draft("a", absurd), b -> b);
    assertRefused(file, PatchError.NORM_LIMIT, "attn2.to_k.weight");
  }

  @Test
  void aChangeFarLargerThanTheWeightWantsForce() throws IOException {
    Path file = write(factors(30), b -> b);
    assertRefused(file, PatchError.NORM_LIMIT, BIAS_LIKE, "--force-patches");
    float[] base = patches.load(List.of(BIAS_LIKE)).get(BIAS_LIKE);
    float[] forced =
        patches
            .load(
                List.of(BIAS_LIKE),
                new PatchRequest(file, 1).allow(PatchRequest.Allowance.LARGE_CHANGES))
            .get(BIAS_LIKE);
    float[] gentle = patches.load(List.of(BIAS_LIKE), new PatchRequest(file, 1e-4)).get(BIAS_LIKE);
    for (int i = 0; i < base.length; i++) {
      assertThat(forced[i]).isEqualTo((float) (base[i] + 30.0));
      assertThat(gentle[i]).isEqualTo((float) (base[i] + 1e-4 * 30.0));
    }
  }
}
