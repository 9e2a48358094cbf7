package dev.forgetmenot.patch;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes a patch of a whole UNet of random values, opens it and reads it back tensor by tensor, in
 * a Java whose heap holds a small part of it. Run by {@link StreamedPatchTest}, and by hand for
 * sizes that no build should write:
 *
 * <pre>java -Xmx300m ... StreamedPatch FILE HALF COPIES SHARE</pre>
 *
 * with HALF {@code true} or {@code false}, COPIES of SD 1.5's 686 tensors, and of each its first
 * SHARE-th part.
 */
final class StreamedPatch {
  private static final Path UNET = Path.of("../testkit/fixtures/sd15_unet_map.json");

  private StreamedPatch() {}

  /** Prints what was measured; ends badly if a value is another one. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    boolean half = Boolean.parseBoolean(arguments[1]);
    Map<String, Delta> deltas =
        deltas(half, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    try {
      long start = System.nanoTime();
      Manifest manifest =
          PatchWriter.write(
              file,
              SampleEdits.draft(new DeltaEdit(deltas)),
              SampleEdits.base(deltas.size()),
              "stable-diffusion-v1",
              SampleEdits.CREATED);
      long written = System.nanoTime();
      say("version 1.%d, %d bytes", manifest.version().minor(), Files.size(file));
      say("written in %.1f s", (written - start) / 1e9);
      try (PatchFile patch = PatchFile.open(file)) {
        long opened = System.nanoTime();
        say("opened in %.1f s", (opened - written) / 1e9);
        read(patch, deltas, half);
        say("read and compared in %.1f s", (System.nanoTime() - opened) / 1e9);
      }
      start = System.nanoTime();
      PatchFile.header(file);
      say("its header alone in %.3f s", (System.nanoTime() - start) / 1e9);
      long peak =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getType() == MemoryType.HEAP)
              .mapToLong(pool -> pool.getPeakUsage().getUsed())
              .sum();
      say("peaks of the heap's pools: %d MB", peak >> 20);
      say("largest heap: %d MB", Runtime.getRuntime().maxMemory() >> 20);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void say(String format, Object... what) {
    System.out.println(String.format(java.util.Locale.ROOT, format, what));
  }

  private static Map<String, Delta> deltas(boolean half, int copies, int share) throws IOException {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    Map<String, JsonElement> unet =
        JsonParser.parseString(Files.readString(UNET, StandardCharsets.UTF_8))
            .getAsJsonObject()
            .asMap();
    for (int copy = 0; copy < copies; copy++) {
      for (Map.Entry<String, JsonElement> weight : unet.entrySet()) {
        long[] shape =
            weight.getValue().getAsJsonArray().get(1).getAsJsonArray().asList().stream()
                .mapToLong(JsonElement::getAsLong)
                .toArray();
        shape[0] = Math.max(1, shape[0] / share);
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        int seed = deltas.size();
        String name = "unet/" + (copy == 0 ? "" : "copy" + copy + ".") + weight.getKey();
        deltas.put(name, new Delta(shape, () -> values(count, seed), half));
      }
    }
    return deltas;
  }

  private static float[] values(int count, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = value(random);
    }
    return values;
  }

  private static float value(SplittableRandom random) {
    return (random.nextInt() >> 8) * 0x1p-33f;
  }

  private static void read(PatchFile patch, Map<String, Delta> deltas, boolean half)
      throws IOException {
    int seed = 0;
    for (String target : deltas.keySet()) {
      compare(target, SampleEdits.delta(patch, target), new SplittableRandom(seed++), half);
    }
  }

  /** Without a second copy: only what is read is held. */
  private static void compare(String target, float[] found, SplittableRandom random, boolean half) {
    float most = half ? 0x1p-21f : 0; // half a unit of halves with values up to 2^-10
    for (float value : found) {
      float expected = value(random);
      if (!(Math.abs(value - expected) <= most)) {
        throw new AssertionError(target + ": " + value + " for " + expected);
      }
    }
  }
}
