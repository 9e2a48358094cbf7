package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.UserFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which form of a product is the fastest for its shapes on this processor: timed once, and kept in
 * a file, so that later processes take the same forms and compute the same bits. For the engine
 * thread.
 */
final class Autotuner {
  private static final int ROUNDS = 5;

  /** A form must be faster than the first one by this much: less is chance. */
  private static final double GAIN = 0.95;

  private final Path file;
  private final String machine;
  private final Map<String, ProductForm> chosen = new HashMap<>();

  /**
   * What a file knows of a machine.
   *
   * @param file need not exist
   * @param machine the processor, the threads and the engine, in which times may differ
   */
  Autotuner(Path file, String machine) {
    this.file = file;
    this.machine = machine;
    of(all()).entrySet().forEach(one -> keep(one.getKey(), one.getValue()));
  }

  /** That of this user on this machine, in the folder of what can be made again. */
  static Autotuner ofUser(String version, int threads) {
    Path folder =
        UserFolder.CACHE.place(
            System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"));
    return new Autotuner(
        folder.resolve("autotune.json"),
        processor(Path.of("/")) + ", " + threads + " threads, libtorch " + version);
  }

  /** The name and the kind of the first processor as Linux says it; elsewhere the architecture. */
  static String processor(Path root) {
    try (var lines = Files.lines(root.resolve("proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      return lines
          .takeWhile(line -> !line.isBlank())
          .filter(line -> line.matches("(model name|cpu family|model|stepping)\\s*:.*"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .collect(Collectors.joining(" "));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  private void keep(String product, JsonElement form) {
    for (ProductForm one : ProductForm.values()) {
      if (form.isJsonPrimitive() && one.name().equals(form.getAsString())) {
        chosen.put(product, one);
      }
    }
  }

  /** What the file says; nothing where it cannot be read, so that it is written anew. */
  private JsonObject all() {
    try {
      return JsonText.object(file);
    } catch (IOException e) {
      return new JsonObject();
    }
  }

  private JsonObject of(JsonObject all) {
    JsonElement mine = all.get(machine);
    return mine != null && mine.isJsonObject() ? mine.getAsJsonObject() : new JsonObject();
  }

  /** The form that was chosen before, here or by another process. */
  Optional<ProductForm> known(String product) {
    return Optional.ofNullable(chosen.get(product));
  }

  /**
   * Times forms of a product in turns, and keeps the fastest; the first one where no other is
   * clearly faster.
   *
   * @param product says kind and shapes
   * @param forms at least one
   * @param compute makes the product once; the array is closed here
   */
  ProductForm fastest(
      String product, List<ProductForm> forms, Function<ProductForm, NDArray> compute) {
    Map<ProductForm, Long> least = new EnumMap<>(ProductForm.class);
    for (int round = 0; round <= ROUNDS; round++) {
      for (ProductForm form : forms) {
        long start = System.nanoTime();
        compute.apply(form).close();
        long nanos = System.nanoTime() - start;
        if (round > 0) { // the first one warms up
          least.merge(form, nanos, Math::min);
        }
      }
    }
    ProductForm best = forms.get(0);
    for (ProductForm form : forms) {
      if (least.get(form) < GAIN * least.get(best)) {
        best = form;
      }
    }
    chosen.put(product, best);
    write(product, best);
    return best;
  }

  /** Beside what other processes have written meanwhile, of this machine and others. */
  private void write(String product, ProductForm form) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      JsonObject all = all();
      JsonObject mine = of(all);
      mine.addProperty(product, form.name());
      all.add(machine, mine);
      AtomicFile.write(file, all.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // the next process times it again
    }
  }
}
