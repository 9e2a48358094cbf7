package dev.forgetmenot.plugin.patching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchRequest.Allowance;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What stacks promise, over random stacks, strengths and orders on bases of every type, by the
 * SHA-256 of every live tensor of the engine: the set of patches decides the bits, not the way to
 * it, and without patches the base is back.
 */
class StackPropertiesTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final int TRIES = 12;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void theSetOfPatchesDecidesTheBitsAndTheWayToItDoesNot(DType type) throws IOException {
    Path copy = ModelCopies.of(MODEL, folder.resolve("model"), type);
    List<Path> pool;
    Path tooLarge;
    try (ModelOnDisk stored = ModelOnDisk.open(copy)) {
      assertThat(stored.base().tensors().dtype("unet", "conv_in.weight")).isEqualTo(type);
      pool = StackPool.write(stored.base(), folder, type.name().hashCode());
      tooLarge = StackPool.writeTooLarge(stored.base(), folder);
    }
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(copy, options)) {
      Map<String, String> base = live(sd);
      Random random = new Random(type.name().hashCode());
      for (int i = 0; i < TRIES; i++) {
        randomStack(sd, base, random(pool, random), random);
      }
      allOrdersOfFour(sd, base, random(pool, random), pool, random);
      aRefusedSwitchLeavesTheOldStack(sd, pool, tooLarge);
    }
  }

  /** Some patches of the pool in any order, at any strength, negative ones too. */
  private static List<PatchRequest> random(List<Path> pool, Random random) {
    List<Path> shuffled = new ArrayList<>(pool);
    Collections.shuffle(shuffled, random);
    List<PatchRequest> requests = new ArrayList<>();
    for (Path file : shuffled.subList(0, 1 + random.nextInt(5))) {
      double strength = random.nextInt(6) == 0 ? 0 : random.nextDouble() * 4 - 2;
      requests.add(request(file, strength));
    }
    return requests;
  }

  private static PatchRequest request(Path file, double strength) {
    return new PatchRequest(file, strength)
        .allow(Allowance.LARGE_CHANGES, Allowance.ILL_CONDITIONED);
  }

  private static void randomStack(
      StableDiffusion sd, Map<String, String> base, List<PatchRequest> requests, Random random)
      throws IOException {
    sd.repatch(requests); // in one go, from whatever was there
    Map<String, String> whole = live(sd);
    assertThat(difference(base, whole)).isEqualTo(computed(sd, requests, whole));

    List<PatchRequest> growing = new ArrayList<>();
    sd.repatch(List.of());
    assertThat(live(sd)).isEqualTo(base);
    List<PatchRequest> order = new ArrayList<>(requests);
    Collections.shuffle(order, random);
    for (PatchRequest request : order) { // one after another
      growing.add(request);
      sd.repatch(growing);
    }
    assertThat(live(sd)).as("one after another: %s", requests).isEqualTo(whole);

    Collections.shuffle(growing, random);
    while (!growing.isEmpty()) { // off again, in another order
      growing.remove(growing.size() - 1);
      sd.repatch(growing);
      Map<String, String> fewer = live(sd);
      assertThat(difference(base, fewer)).isEqualTo(computed(sd, growing, fewer));
    }
    assertThat(live(sd)).as("without patches: %s", requests).isEqualTo(base);
  }

  private static void allOrdersOfFour(
      StableDiffusion sd,
      Map<String, String> base,
      List<PatchRequest> from,
      List<Path> pool,
      Random random)
      throws IOException {
    sd.repatch(from);
    List<Path> shuffled = new ArrayList<>(pool);
    Collections.shuffle(shuffled, random);
    List<PatchRequest> four =
        shuffled.subList(0, 4).stream().map(f -> request(f, random.nextDouble() - 0.3)).toList();
    Set<Map<String, String>> results = new HashSet<>();
    for (List<PatchRequest> order : orders(four)) {
      sd.repatch(order.subList(0, 2)); // a different way to each
      sd.repatch(order);
      results.add(live(sd));
    }
    assertThat(orders(four)).hasSize(24);
    assertThat(results).hasSize(1).doesNotContain(base);
    sd.repatch(List.of());
    assertThat(live(sd)).isEqualTo(base);
  }

  private static List<List<PatchRequest>> orders(List<PatchRequest> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    List<List<PatchRequest>> all = new ArrayList<>();
    for (PatchRequest first : of) {
      List<PatchRequest> rest = new ArrayList<>(of);
      rest.remove(first);
      for (List<PatchRequest> order : orders(rest)) {
        List<PatchRequest> whole = new ArrayList<>(List.of(first));
        whole.addAll(order);
        all.add(whole);
      }
    }
    return all;
  }

  /** The last weight of all is refused, when the others have their new values. */
  private static void aRefusedSwitchLeavesTheOldStack(
      StableDiffusion sd, List<Path> pool, Path tooLarge) throws IOException {
    List<PatchRequest> old = List.of(request(pool.get(4), 1), request(pool.get(7), 1));
    sd.repatch(old);
    Map<String, String> before = live(sd);
    List<Integer> pieces = sd.tokenIds("a <s1> here");
    List<PatchRequest> next = List.of(request(pool.get(8), 1), new PatchRequest(tooLarge, 1));
    assertThatThrownBy(() -> sd.repatch(next)).hasMessageContaining("FMN-308");
    assertThat(live(sd)).isEqualTo(before);
    assertThat(sd.tokenIds("a <s1> here")).isEqualTo(pieces);
    assertThat(sd.patchDescriptions()).hasSize(2);
    sd.repatch(List.of());
  }

  /** The names whose digests differ, with the new digests. */
  private static Map<String, String> difference(
      Map<String, String> base, Map<String, String> found) {
    Map<String, String> different = new TreeMap<>(found);
    base.forEach((name, digest) -> different.remove(name, digest));
    return different;
  }

  /** The digests of what the library works out for the engine's values, without the base's. */
  private static Map<String, String> computed(
      StableDiffusion sd, List<PatchRequest> requests, Map<String, String> live)
      throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (PatchStack stack = PatchStack.open(requests)) {
      var weights = stack.on(sd.base()).weights();
      for (String target : weights.targets()) {
        float[] values = weights.values(target);
        int slash = target.indexOf('/');
        float[] base =
            sd.base().tensors().floats(target.substring(0, slash), target.substring(slash + 1));
        if (!Arrays.equals(values, base)) {
          digests.put(target, digest(values));
        }
      }
    }
    assertThat(live).containsAllEntriesOf(digests);
    return digests;
  }

  /** SHA-256 of what the engine holds, by full name. */
  private static Map<String, String> live(StableDiffusion sd) {
    return sd.engine()
        .call(
            () -> {
              Map<String, String> digests = new TreeMap<>();
              sd.weights()
                  .parameters()
                  .forEach((name, cell) -> digests.put(name, digest(cell.array().toFloatArray())));
              digests.keySet().removeIf(name -> !sd.weights().names().contains(name));
              return digests;
            });
  }

  private static String digest(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Sha256.hex(bytes.array());
  }
}
