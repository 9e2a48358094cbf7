package dev.forgetmenot.diffusion.schedule;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.JsonText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Reads {@code scheduler/scheduler_config.json} of a model folder. */
public final class SchedulerConfigReader {
  private static final TypeToken<Map<String, Object>> VALUES = new TypeToken<>() {};

  /** What Python writes for numbers that JSON has not. */
  private static final Map<String, Double> NOT_IN_JSON =
      Map.of(
          "NaN", Double.NaN,
          "Infinity", Double.POSITIVE_INFINITY,
          "-Infinity", Double.NEGATIVE_INFINITY);

  private SchedulerConfigReader() {}

  /**
   * Reads the configuration.
   *
   * @param folder the {@code scheduler} folder
   * @throws IOException if the file is missing or no JSON object; the message names it
   */
  public static SchedulerConfig read(Path folder) throws IOException {
    Path file = folder.resolve("scheduler_config.json");
    try {
      Map<String, Object> values = new Gson().fromJson(JsonText.object(file), VALUES.getType());
      values.replaceAll(
          (key, value) ->
              value instanceof String text && NOT_IN_JSON.containsKey(text)
                  ? NOT_IN_JSON.get(text)
                  : value);
      return new SchedulerConfig(values);
    } catch (NoSuchFileException e) {
      throw new IOException(
          file + " is missing: a diffusers folder has it; is the download complete?", e);
    }
  }
}
