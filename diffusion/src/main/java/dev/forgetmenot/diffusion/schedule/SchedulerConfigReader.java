package dev.forgetmenot.diffusion.schedule;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Reads {@code scheduler/scheduler_config.json} of a model folder. */
public final class SchedulerConfigReader {
  private static final TypeToken<Map<String, Object>> VALUES = new TypeToken<>() {};

  private SchedulerConfigReader() {}

  /**
   * Reads the configuration.
   *
   * @param folder the {@code scheduler} folder
   * @throws IOException if the file is missing or no JSON object; the message names it
   */
  public static SchedulerConfig read(Path folder) throws IOException {
    Path file = folder.resolve("scheduler_config.json");
    try (JsonReader reader = new JsonReader(Files.newBufferedReader(file))) {
      reader.setStrictness(Strictness.STRICT);
      Map<String, Object> values = new Gson().getAdapter(VALUES).read(reader);
      if (values == null) {
        throw new IOException(file + " is no JSON object");
      }
      return new SchedulerConfig(values);
    } catch (NoSuchFileException e) {
      throw new IOException(
          file + " is missing: a diffusers folder has it; is the download complete?", e);
    } catch (JsonParseException e) {
      throw new IOException(file + " is no valid JSON object: " + e.getMessage(), e);
    } catch (com.google.gson.stream.MalformedJsonException | java.io.EOFException e) {
      throw new IOException(file + " is no valid JSON object: " + e.getMessage(), e);
    }
  }
}
