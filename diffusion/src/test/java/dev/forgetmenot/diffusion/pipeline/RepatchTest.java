package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchableModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Switching what extensions put on a model. */
class RepatchTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String BIAS = "unet/conv_in.bias";
  private static final String OTHER = "unet/conv_out.bias";
  private static final String DIRECT = "vae/decoder.conv_in.bias";

  private final List<String> asked = new ArrayList<>();

  /** A patch is a file name: what it puts on weights hangs on the name alone. */
  private void take(PatchableModel model) throws IOException {
    for (PatchRequest request : model.patches()) {
      String name = request.file().toString();
      switch (name) {
        case "direct" -> {
          assertThat(model.weights().current(DIRECT)).isEqualTo(model.weights().base(DIRECT));
          model.weights().replace(DIRECT, shifted(model, DIRECT, 3));
        }
        case "token" -> model.addToken("<t>", new float[][] {row(model, 0.1f)});
        case "other-token" -> model.addToken("<u>", new float[][] {row(model, 0.2f)});
        case "broken" -> {
          put(model, BIAS, "broken", 9);
          throw new IOException("is broken");
        }
        default -> {
          put(model, BIAS, name, request.strength());
          put(model, OTHER, "always", 1);
        }
      }
      model.applied(request, name);
    }
  }

  private void put(PatchableModel model, String weight, String origin, double shift)
      throws IOException {
    model.replace(
        weight,
        origin + shift,
        () -> {
          asked.add(weight);
          return shifted(model, weight, shift);
        });
  }

  private static float[] shifted(PatchableModel model, String name, double shift) {
    float[] values = model.weights().base(name);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) shift;
    }
    return values;
  }

  private static float[] row(PatchableModel model, float value) {
    String name = "text_model.embeddings.token_embedding.weight";
    float[] row = new float[(int) model.base().tensors().shape("text_encoder", name)[1]];
    Arrays.fill(row, value);
    return row;
  }

  private static PatchRequest named(String name) {
    return new PatchRequest(Path.of(name), 1);
  }

  private static float first(StableDiffusion sd, String name) {
    return sd.engine().call(() -> sd.weights().current(name)[0] - sd.weights().base(name)[0]);
  }

  @Test
  void onlyWhatChangesIsAskedForAndNothingIsLeftBehind() throws IOException {
    LoadOptions options = LoadOptions.defaults().patched(List.of(), List.of(this::take));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      int before = ModelArrays.count(sd);
      sd.repatch(List.of(named("a")));
      assertThat(asked).containsExactly(BIAS, OTHER);
      asked.clear();
      sd.repatch(List.of(named("a")));
      assertThat(asked).isEmpty();
      sd.repatch(List.of(named("b")));
      assertThat(asked).containsExactly(BIAS);
      assertThat(first(sd, BIAS)).isEqualTo(1);
      sd.repatch(List.of(named("direct")));
      assertThat(first(sd, BIAS)).isZero();
      assertThat(first(sd, OTHER)).isZero();
      assertThat(first(sd, DIRECT)).isNotZero();
      sd.repatch(List.of(named("direct"))); // of an unknown origin: from the base again
      sd.repatch(List.of());
      assertThat(first(sd, DIRECT)).isZero();
      for (int i = 0; i < 5; i++) {
        sd.repatch(List.of(named("a" + i), named("direct"), named("token")));
        sd.repatch(List.of(named("b" + i), named("other-token")));
      }
      sd.repatch(List.of());
      assertThat(ModelArrays.count(sd)).isEqualTo(before);
    }
  }

  @Test
  void aRefusedSwitchChangesNothing() throws IOException {
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(named("a"), named("token")), List.of(this::take));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      int before = ModelArrays.count(sd);
      List<Integer> pieces = sd.tokenIds("a <t>");
      assertThat(pieces).hasSize(2);
      List<PatchRequest> next =
          List.of(named("b"), named("direct"), named("other-token"), named("broken"));
      assertThatThrownBy(() -> sd.repatch(next)).hasMessageContaining("is broken");
      assertThat(first(sd, BIAS)).isEqualTo(1);
      assertThat(first(sd, DIRECT)).isZero();
      assertThat(sd.tokenIds("a <t>")).isEqualTo(pieces);
      assertThat(sd.patchDescriptions()).containsExactly("a", "token");
      assertThat(ModelArrays.count(sd)).isEqualTo(before);
      asked.clear();
      sd.repatch(List.of(named("a"), named("token"))); // still known for what it is
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void aModelIsChangedThroughItsViewOnlyWhileItIsLoaded() throws IOException {
    List<PatchableModel> views = new ArrayList<>();
    LoadOptions options = LoadOptions.defaults().patched(List.of(), List.of(views::add));
    try (StableDiffusion sd = StableDiffusion.load(MODEL, options)) {
      PatchableModel view = views.get(0);
      assertThatThrownBy(() -> sd.engine().run(() -> view.weights().restore(BIAS)))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
