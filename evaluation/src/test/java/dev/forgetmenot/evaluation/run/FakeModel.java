package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Draws at once: the pixels follow from prompt, seed, the state and how many images are drawn
 * together, as the last bits of a network do.
 */
final class FakeModel implements TestedModel {
  private static final int BATCH = 4;

  final List<ModelState> states = new ArrayList<>(); // of each change
  int drawn; // images, those that fill batches up as well
  int failsAfter = Integer.MAX_VALUE; // batches
  private int batches;
  private String tokens = ""; // that are added now

  @Override
  public ImageUnit.Model identity(ModelState state) {
    List<ImageUnit.AppliedPatch> patches =
        state == ModelState.PATCHED
            ? List.of(new ImageUnit.AppliedPatch("a".repeat(64), 1))
            : List.of();
    return new ImageUnit.Model("b".repeat(64), patches, List.of(), "fake-1");
  }

  @Override
  public int batch(int width, int height) {
    return BATCH;
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    if (states.isEmpty() || states.get(states.size() - 1) != state) {
      states.add(state);
    }
    return task.run(
        (DiffusionModel)
            Proxy.newProxyInstance(
                FakeModel.class.getClassLoader(),
                new Class<?>[] {DiffusionModel.class},
                (proxy, method, arguments) ->
                    method.getName().equals("addTokens")
                        ? tokens((Map<?, ?>) arguments[0])
                        : images(state, (List<?>) arguments[0])));
  }

  private AddedTokens tokens(Map<?, ?> vectors) {
    vectors.forEach((name, rows) -> tokens += name + Arrays.deepToString((float[][]) rows));
    return (AddedTokens)
        Proxy.newProxyInstance(
            FakeModel.class.getClassLoader(),
            new Class<?>[] {AddedTokens.class},
            (proxy, method, arguments) -> tokens = ""); // the only call is close
  }

  private List<List<RgbImage>> images(ModelState state, List<?> requests) {
    if (batches++ >= failsAfter) {
      throw new UncheckedIOException(new IOException("the power failed"));
    }
    drawn += requests.size();
    return Stream.of(requests.toArray(GenerationRequest[]::new))
        .map(request -> List.of(image(state, request, requests.size())))
        .toList();
  }

  private RgbImage image(ModelState state, GenerationRequest request, int together) {
    String all = request.prompt() + request.seed() + state + together + request.steps() + tokens;
    int value = all.hashCode();
    byte[] rgb = new byte[3 * request.width().orElseThrow() * request.height().orElseThrow()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (value >> (i % 4 * 8));
    }
    return new RgbImage(request.width().orElseThrow(), request.height().orElseThrow(), rgb);
  }
}
