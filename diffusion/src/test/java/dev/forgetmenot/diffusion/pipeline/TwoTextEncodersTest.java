package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SizeCondition;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with two text encoders whose UNet is told of sizes, where that differs from others. */
class TwoTextEncodersTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model");
  private static final String TABLE = "/text_model.embeddings.token_embedding.weight";
  private static StableDiffusion sd;

  @TempDir Path temp;

  @BeforeAll
  static void load() throws IOException {
    sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  private static GenerationRequest.Builder request() {
    return GenerationRequest.builder("a fox").steps(2);
  }

  private static String drawn(StableDiffusion model, GenerationRequest request) {
    return Sha256.hex(model.generate(request).get(0).rgb());
  }

  private static String drawn(GenerationRequest.Builder request) {
    return drawn(sd, request.build());
  }

  @Test
  void whatAModelIsToldBesideThePromptChangesItsImages() {
    String plain = drawn(request());
    assertThat(drawn(request().secondPrompt("a fox"))).isEqualTo(plain);
    assertThat(drawn(request().secondPrompt("a castle"))).isNotEqualTo(plain);
    assertThat(drawn(request().secondNegativePrompt("a castle"))).isNotEqualTo(plain);
    assertThat(drawn(request().clipSkip(2))).isNotEqualTo(plain);
    SizeCondition own =
        new SizeCondition(Optional.of(new SizeCondition.Pixels(16, 16)), 0, 0, Optional.empty());
    assertThat(drawn(request().sizeCondition(own))).isEqualTo(plain);
    SizeCondition cut = new SizeCondition(Optional.empty(), 8, 0, Optional.empty());
    assertThat(drawn(request().sizeCondition(cut))).isNotEqualTo(plain);
    assertThatThrownBy(() -> drawn(request().clipSkip(3)))
        .hasMessageContaining("clip skip should be 1 to 2");
  }

  @Test
  void promptsOfDifferentChunksAreDrawnAndLeaveNothing() {
    GenerationRequest.Builder long1 =
        request().prompt("a BREAK b").secondPrompt("a BREAK b BREAK (c:1.2)").promptWeights(true);
    drawn(long1);
    int before = arrays();
    String empty = drawn(long1.guidance(3));
    assertThat(drawn(long1.negativePrompt("a"))).isNotEqualTo(empty);
    assertThat(arrays()).isEqualTo(before);
  }

  private static int arrays() {
    return sd.engine().call(() -> sd.pipeline().parts().manager().getManagedArrays().size());
  }

  @Test
  void anEmptyNegativePromptIsZerosIfTheFolderSaysSo() throws IOException {
    Path copy = GoldenFolders.copy(MODEL, temp.resolve("copy"));
    Path index = copy.resolve("model_index.json");
    String json = Files.readString(index);
    Files.writeString(
        index,
        json.replace(
            "\"force_zeros_for_empty_prompt\": true", "\"force_zeros_for_empty_prompt\": false"));
    try (StableDiffusion other = StableDiffusion.load(copy, LoadOptions.defaults())) {
      GenerationRequest one = request().build();
      assertThat(drawn(other, one)).isNotEqualTo(drawn(sd, one));
      GenerationRequest negative = request().negativePrompt("ink").build();
      assertThat(drawn(other, negative)).isEqualTo(drawn(sd, negative));
    }
  }

  @Test
  void aTokenHasTheNumbersOfBothEncoders() {
    List<float[]> before = encoded("a fox");
    float[] row = row("fox");
    AddedTokens added = sd.addTokens(Map.of("<s1>", new float[][] {row}));
    assertThat(added.vectors()[0]).isEqualTo(row);
    assertThat(encoded("a <s1>")).usingRecursiveComparison().isEqualTo(before);
    float[] other = row.clone();
    other[row.length - 1] += 1; // of the second encoder
    added.set(new float[][] {other});
    List<float[]> changed = encoded("a <s1>");
    int width = 32;
    assertThat(Arrays.copyOf(changed.get(0), width)).isEqualTo(Arrays.copyOf(before.get(0), width));
    assertThat(changed.get(1)).isNotEqualTo(before.get(1));
    assertThatThrownBy(() -> sd.addTokens(Map.of("<s2>", new float[][] {new float[32]})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("72 numbers, not 32");
    assertThatThrownBy(() -> sd.addTokens(Map.of("fox", new float[][] {row})))
        .isInstanceOf(IllegalArgumentException.class);
    added.close();
    assertThat(encoded("a fox")).usingRecursiveComparison().isEqualTo(before);
  }

  private static float[] row(String word) {
    int id = sd.tokenIds(word).get(0);
    float[] first = sd.weights().base("text_encoder" + TABLE);
    float[] second = sd.weights().base("text_encoder_2" + TABLE);
    float[] row = Arrays.copyOf(Arrays.copyOfRange(first, id * 32, id * 32 + 32), 72);
    System.arraycopy(second, id * 40, row, 32, 40);
    return row;
  }

  /** Context and pooled. */
  private static List<float[]> encoded(String prompt) {
    return encoded(sd.tokenize(prompt));
  }

  private static List<float[]> encoded(TokenizedPrompt prompt) {
    return sd.engine()
        .call(
            () -> {
              try (TextCondition condition = sd.encodePrompts(List.of(prompt))) {
                return List.of(
                    condition.context().toFloatArray(),
                    condition.pooled().orElseThrow().toFloatArray());
              }
            });
  }

  @Test
  void idsOfTheFirstEncoderAreThoseOfAllUnlessOthersAreGiven() {
    TokenizedPrompt both = sd.tokenize("a fox");
    assertThat(both.others()).hasSize(1);
    assertThat(both.others().get(0).ids()).isNotEqualTo(both.ids()); // another padding
    TokenizedPrompt first = new TokenizedPrompt(both.text(), both.ids(), both.endPosition(), "");
    assertThat(encoded(first)).usingRecursiveComparison().isEqualTo(encoded(both));
  }

  @Test
  void withoutSizesAConditionIsOfWholeImages() {
    sd.engine()
        .run(
            () -> {
              try (NDManager manager = sd.newManager();
                  TextCondition plain = sd.encodePrompts(List.of(sd.tokenize("a fox")))) {
                assertThat(plain.timeIds()).isEmpty();
                NDArray latents = manager.ones(new Shape(1, 4, 8, 16));
                TextCondition told = told(plain, manager, 16, 32);
                TextCondition other = told(plain, manager, 16, 16);
                assertThat(predicted(latents, plain)).isEqualTo(predicted(latents, told));
                assertThat(predicted(latents, plain)).isNotEqualTo(predicted(latents, other));
                TextCondition bare = TextCondition.of(plain.context());
                assertThatThrownBy(() -> predicted(latents, bare))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a pooled embedding (b, 40)");
              }
            });
  }

  private static TextCondition told(TextCondition plain, NDManager manager, int height, int width) {
    float[] ids = {height, width, 0, 0, height, width};
    return new TextCondition(
        plain.context(), plain.pooled(), Optional.of(manager.create(ids, new Shape(1, 6))));
  }

  private static float[] predicted(NDArray latents, TextCondition condition) {
    try (NDArray found = sd.predict(latents, new double[] {500}, condition, AttentionHooks.NONE);
        NDArray flat = found.flatten()) {
      return flat.toFloatArray();
    }
  }

  @Test
  void modelsOfOneEncoderTakeNothingOfIt() throws IOException {
    Path folder = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
    try (StableDiffusion one = StableDiffusion.load(folder, LoadOptions.defaults())) {
      assertThatThrownBy(() -> one.generate(request().secondPrompt("a").build()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one text encoder");
      SizeCondition cut = new SizeCondition(Optional.empty(), 8, 0, Optional.empty());
      assertThatThrownBy(() -> one.generate(request().sizeCondition(cut).build()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not trained with the sizes");
    }
  }

  @Test
  void otherFoldersOfTheFamilyAreNamed() throws IOException {
    Path copy = GoldenFolders.copy(MODEL, temp.resolve("copy"));
    Path index = copy.resolve("model_index.json");
    String json = Files.readString(index);
    Files.writeString(index, json.replace("XLPipeline", "XLInpaintPipeline"));
    assertRefused(copy, "a model for inpainting");
    Files.writeString(
        index, json.replaceFirst("\"transformers\",\\s+\"CLIPTextModel\"", "null, null"));
    assertRefused(copy, "is a refiner");
    Files.writeString(index, json.replace("XLPipeline", "3Pipeline"));
    assertRefused(copy, "only Stable Diffusion 1.x and 2.x and Stable Diffusion XL are supported");
    Files.writeString(index, json);
    Path config = copy.resolve("unet/config.json");
    String unet = Files.readString(config);
    Files.writeString(
        config,
        unet.replace(
            "\"projection_class_embeddings_input_dim\": 136",
            "\"projection_class_embeddings_input_dim\": 137"));
    assertRefused(copy, "a pooled text of 41 numbers and text_encoder_2 gives 40");
    Files.writeString(
        config, unet.replace("\"cross_attention_dim\": 72", "\"cross_attention_dim\": 32"));
    assertRefused(copy, "cross_attention_dim is 32 and the text encoders give 72");
    Files.writeString(config, unet);
    Files.move(copy.resolve("text_encoder_2"), copy.resolve("gone"));
    assertRefused(copy, "has no folder text_encoder_2");
  }

  private static void assertRefused(Path folder, String said) {
    assertThatThrownBy(() -> ModelOnDisk.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(said);
  }
}
