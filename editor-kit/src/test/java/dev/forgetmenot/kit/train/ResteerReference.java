package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The arrays of a folder's reference of re-steering, and a model that is trained as they were.
 *
 * @param label what lines about its numbers begin with
 * @param sd stays open
 * @param golden by name, of the manager they were read with
 */
record ResteerReference(String label, StableDiffusion sd, Map<String, NDArray> golden) {
  private static final double UPDATE = 1e-2; // relative L2 distance of the whole update
  private static final double SHARE = 0.995; // of elements near enough to the reference

  static ResteerReference read(Path folder, String run, StableDiffusion sd, NDManager manager)
      throws IOException {
    Map<String, NDArray> golden = new HashMap<>();
    try (InputStream in = Files.newInputStream(folder.resolve("golden/resteer.safetensors"))) {
      for (NDArray array : NDList.decode(manager, in)) {
        golden.put(array.getName(), array);
        array.setName(null);
      }
    }
    return new ResteerReference(folder.getFileName() + " " + run, sd, golden);
  }

  NDArray get(String name) {
    return golden.get(name);
  }

  /** The loss of a step on the reference's latents and noise. */
  NDArray loss(
      AttentionNormLoss.Watched watched, NDManager micro, int step, TextCondition embedding) {
    NDArray latents = golden.get("latents").get(step);
    NDArray noise = golden.get("noise").get(step);
    TextCondition context = TextCondition.concat(List.of(embedding));
    context.attach(micro);
    List.of(latents, noise).forEach(array -> array.attach(micro));
    int timestep = Math.toIntExact(golden.get("timesteps").toLongArray()[step]);
    NDArray noisy = sd.noiseSchedule().addNoise(latents, noise, new int[] {timestep});
    return ResteeringLoss.of(sd, noisy, new double[] {timestep}, context, List.of(watched)).value();
  }

  /**
   * Compares the model's weights with the reference's.
   *
   * @param prefix what the names of its weights after training begin with
   * @param before the weights before training
   */
  void checkUpdate(String prefix, double learningRate, Map<String, float[]> before) {
    double tolerance = learningRate / 100;
    double difference = 0;
    double length = 0;
    long near = 0;
    long all = 0;
    for (Map.Entry<String, NDArray> entry : golden.entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        continue;
      }
      String weight = "unet/" + entry.getKey().substring(prefix.length());
      float[] expected = entry.getValue().toFloatArray();
      float[] found = sd.weights().current(weight);
      float[] start = before.get(weight);
      assertThat(found).as(weight).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        double off = (double) found[i] - expected[i];
        difference += off * off;
        length += Math.pow((double) expected[i] - start[i], 2);
        near += Math.abs(off) <= tolerance + 2.0 * Math.ulp(expected[i]) ? 1 : 0;
        all++;
      }
    }
    assertThat(all).isPositive();
    assertThat(length).isPositive().isNotCloseTo(0, within(1e-30));
    double distance = Math.sqrt(difference / length);
    print("update's relative L2 distance", distance);
    print("share of elements that are off", 1 - (double) near / all);
    assertThat(distance).isLessThanOrEqualTo(UPDATE);
    assertThat((double) near / all).isGreaterThanOrEqualTo(SHARE);
  }

  void print(String what, double error) {
    System.err.printf("numerics: %s: %s %.2e%n", label, what, error);
  }
}
