package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The state of a training in a safetensors file: {@code weight/NAME}, and for each weight that was
 * updated its moments {@code m/NAME} and {@code v/NAME} and its count {@code t/NAME}; settings,
 * step, and what the last bits depend on (threads, engine, device, program) as metadata. For the
 * engine thread.
 *
 * @param parameters the trained weights by name
 * @param settings everything that must be the same to go on
 */
record TrainingCheckpoint(
    Map<String, ModelParameter> parameters, AdamW optimizer, Map<String, String> settings) {
  private static final String ABOUT = "about.";
  private static final String NOTE = "note.";
  private static final String FORMAT = "forget-me-not training 1";

  /** The settings of a training with those that its owner adds. */
  static Map<String, String> settings(TrainingOptions options, Map<String, String> about) {
    Map<String, String> all = new TreeMap<>();
    about.forEach((key, value) -> all.put(ABOUT + key, value));
    all.put("learning-rate", Double.toString(options.learningRate()));
    all.put("beta1", Double.toString(options.beta1()));
    all.put("beta2", Double.toString(options.beta2()));
    all.put("epsilon", Double.toString(options.epsilon()));
    all.put("weight-decay", Double.toString(options.weightDecay()));
    all.put("max-grad-norm", Double.toString(options.maxGradNorm()));
    all.put("accumulation", Integer.toString(options.accumulation()));
    all.put("schedule", options.schedule().toString());
    options.adapters().ifPresent(adapters -> all.put("adapters", adapters.toString()));
    return all;
  }

  void write(Path file, int steps, Map<String, String> circumstances, Map<String, String> notes)
      throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata(settings)
            .metadata("format", FORMAT)
            .metadata("steps", Integer.toString(steps))
            .metadata(circumstances);
    notes.forEach((key, value) -> writer.metadata(NOTE + key, value));
    parameters.forEach((name, parameter) -> add(writer, "weight/" + name, parameter.array()));
    optimizer
        .moments()
        .forEach(
            (name, moments) -> {
              add(writer, "m/" + name, moments.m());
              add(writer, "v/" + name, moments.v());
              writer.add("t/" + name, new long[] {1}, new long[] {moments.t()});
            });
    writer.write(file);
  }

  private static void add(SafetensorsWriter writer, String name, NDArray array) {
    writer.add(
        name,
        DType.F32,
        array.getShape().getShape(),
        array.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Where a training stood. */
  record State(int steps, Map<String, String> circumstances, Map<String, String> notes) {}

  /**
   * Puts weights and moments back.
   *
   * @param today turns what an earlier release wrote about the training into what this one writes
   * @param updated gets the names of the weights that had been updated
   * @throws IOException if the file does not fit; nothing is changed then
   */
  State read(Path file, UnaryOperator<Map<String, String>> today, Set<String> updated)
      throws IOException {
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      check(stored, today);
      State state =
          new State(
              number(stored, "steps"), stored.metadata(), withPrefix(stored.metadata(), NOTE));
      for (Map.Entry<String, ModelParameter> entry : parameters.entrySet()) {
        String name = entry.getKey();
        NDArray array = entry.getValue().array();
        EngineMemory.set(array, stored.floats("weight/" + name));
        if (stored.tensors().containsKey("t/" + name)) {
          optimizer.restore(
              name,
              array.getShape(),
              stored.floats("m/" + name),
              stored.floats("v/" + name),
              Math.toIntExact(stored.longs("t/" + name)[0]));
          updated.add(name);
        }
      }
      return state;
    }
  }

  /** The entries whose key begins so, without the beginning. */
  private static Map<String, String> withPrefix(Map<String, String> all, String prefix) {
    Map<String, String> some = new TreeMap<>();
    all.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            some.put(key.substring(prefix.length()), value);
          }
        });
    return some;
  }

  private static String shown(String value) {
    return value == null ? "nothing" : Settings.inWords(value);
  }

  private void check(SafetensorsFile stored, UnaryOperator<Map<String, String>> today)
      throws IOException {
    Map<String, String> found = new TreeMap<>(stored.metadata());
    require(FORMAT.equals(found.get("format")), stored, "it is not a checkpoint of a training");
    Map<String, String> about = withPrefix(found, ABOUT);
    found.keySet().removeIf(key -> key.startsWith(ABOUT));
    today.apply(about).forEach((key, value) -> found.put(ABOUT + key, value));
    Set<String> keys = new TreeSet<>(settings.keySet());
    keys.add("adapters");
    found.keySet().stream().filter(key -> key.startsWith(ABOUT)).forEach(keys::add);
    for (String key : keys) {
      String then = found.get(key);
      String now = settings.get(key);
      require(
          Objects.equals(then, now),
          stored,
          key.replace(ABOUT, "") + " was " + shown(then) + " then and is " + shown(now) + " now");
    }
    for (Map.Entry<String, ModelParameter> entry : parameters.entrySet()) {
      TensorInfo tensor = stored.tensors().get("weight/" + entry.getKey());
      require(tensor != null, stored, entry.getKey() + " was not trained then");
      require(
          Arrays.equals(tensor.shape(), entry.getValue().shape().getShape()),
          stored,
          entry.getKey() + " had another shape then");
    }
    long weights =
        stored.tensors().keySet().stream().filter(name -> name.startsWith("weight/")).count();
    require(
        weights == parameters.size(),
        stored,
        weights + " weights were trained then, " + parameters.size() + " are now");
  }

  private static int number(SafetensorsFile stored, String key) throws IOException {
    try {
      return Integer.parseInt(stored.metadata().getOrDefault(key, "missing"));
    } catch (NumberFormatException e) {
      throw new IOException(stored.where() + " is not a checkpoint of a training: no " + key, e);
    }
  }

  private static void require(boolean condition, SafetensorsFile stored, String why)
      throws IOException {
    if (!condition) {
      throw new IOException(
          stored.where()
              + " cannot be resumed here: "
              + why
              + "; resume with the model and the settings of then, or take the file away");
    }
  }
}
