package dev.forgetmenot.evaluation.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of n parts of an evaluation in a folder of its own: {@code plan.jsonl}, {@code part.json} and
 * the store of its images.
 *
 * @param folder the folder
 * @param plan of the whole evaluation
 * @param number 1 to {@code of}
 * @param of how many parts there are
 * @param arguments the words of a command line that makes the whole evaluation
 */
public record EvaluationPart(Path folder, Plan plan, int number, int of, List<String> arguments) {
  /** The file of a plan in a folder of results. */
  public static final String PLAN = "plan.jsonl";

  private static final String PART = "part.json";
  private static final String FORMAT = "fmn-part";
  private static final int VERSION = 1;

  /** Copies the list. */
  public EvaluationPart {
    arguments = List.copyOf(arguments);
  }

  /** The images of the part. */
  public ImageStore store() {
    return new ImageStore(folder.resolve("store"));
  }

  /** The units of the part. */
  public List<ImageUnit> units() {
    return plan.shard(number, of);
  }

  /** As an option names it. */
  public String name() {
    return number + "/" + of;
  }

  /** Writes the plan and what the part is; the folder must exist. */
  public void write() throws IOException {
    plan.write(folder.resolve(PLAN));
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("version", VERSION);
    json.addProperty("plan", plan.hash());
    json.addProperty("part", number);
    json.addProperty("of", of);
    JsonArray words = new JsonArray();
    arguments.forEach(words::add);
    json.add("arguments", words);
    AtomicFile.write(folder.resolve(PART), CanonicalJson.bytes(json));
  }

  /**
   * Reads a part.
   *
   * @throws IOException if the folder holds none, or its plan is not the one that it was made for
   */
  public static EvaluationPart read(Path folder) throws IOException {
    Path file = folder.resolve(PART);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Message.of(
              "%s holds no part of an evaluation (%s): name a folder that fmn evaluate --shard i/n -o made",
              folder, PART));
    }
    Plan plan = Plan.read(folder.resolve(PLAN));
    try {
      JsonObject json = JsonParser.parseString(TextFile.read(file)).getAsJsonObject();
      if (!FORMAT.equals(json.get("format").getAsString())
          || json.get("version").getAsInt() != VERSION) {
        throw new IOException(
            Message.of(
                "%s is not of version %d of %s: make the part again", file, VERSION, FORMAT));
      }
      if (!plan.hash().equals(json.get("plan").getAsString())) {
        throw new IOException(
            Message.of(
                "%s is not the plan that the part of %s was made for: make the part again",
                folder.resolve(PLAN), folder));
      }
      List<String> arguments = new ArrayList<>();
      json.getAsJsonArray("arguments").forEach(word -> arguments.add(word.getAsString()));
      return new EvaluationPart(
          folder, plan, json.get("part").getAsInt(), json.get("of").getAsInt(), arguments);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException e) {
      throw new IOException(
          Message.of("%s does not say which part it is: make the part again", file), e);
    }
  }
}
