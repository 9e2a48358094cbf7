package dev.forgetmenot.evaluation.unit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.files.Sha256;
import java.util.Comparator;
import java.util.List;

/**
 * One image and all that decides its pixels. Two units that differ in nothing are the same unit;
 * nothing else may change what is drawn.
 *
 * @param model the model and the patches on it
 * @param prompt what is asked for
 * @param negative the negative prompt, "" for none
 * @param seed of the noise
 * @param sampler its name, without aliases
 * @param steps 1 or more
 * @param guidance the guidance scale, 1 for none
 * @param width pixels
 * @param height pixels
 */
public record ImageUnit(
    Model model,
    String prompt,
    String negative,
    long seed,
    String sampler,
    int steps,
    double guidance,
    int width,
    int height) {

  /**
   * A model as it draws.
   *
   * @param base the root of the base model, 64 hexadecimal digits
   * @param patches sorted by id
   * @param tokens digests of textual inversions that are loaded, sorted
   * @param numerics the kind of device and arithmetic, and a number that is raised when a change of
   *     the program may change pixels
   */
  public record Model(
      String base, List<AppliedPatch> patches, List<String> tokens, String numerics) {
    /** Sorts, since the order of patches and tokens does not matter. */
    public Model {
      patches = patches.stream().sorted(Comparator.comparing(AppliedPatch::id)).toList();
      tokens = tokens.stream().sorted().toList();
    }

    /** Itself as JSON. */
    public JsonObject json() {
      JsonObject json = new JsonObject();
      json.addProperty("base", base);
      JsonArray stack = new JsonArray();
      for (AppliedPatch patch : patches) {
        JsonObject entry = new JsonObject();
        entry.addProperty("id", patch.id());
        entry.addProperty("strength", patch.strength());
        stack.add(entry);
      }
      json.add("patches", stack);
      JsonArray digests = new JsonArray();
      tokens.forEach(digests::add);
      json.add("tokens", digests);
      json.addProperty("numerics", numerics);
      return json;
    }
  }

  /**
   * A patch of a stack.
   *
   * @param id of the patch, 64 hexadecimal digits
   * @param strength that it is applied with
   */
  public record AppliedPatch(String id, double strength) {}

  /**
   * The digest of all of it: SHA-256 of the canonical JSON (RFC 8785).
   *
   * @return 64 hexadecimal digits
   */
  public String key() {
    return Sha256.hex(CanonicalJson.bytes(json()));
  }

  /**
   * Which of n parts of a plan makes it: the first 8 bytes of the key, as an unsigned number, leave
   * that number less 1 when divided by n.
   *
   * @param n 1 or more
   * @return 1 to n
   */
  public int shard(int n) {
    long first = Long.parseUnsignedLong(key().substring(0, 16), 16);
    return 1 + (int) Long.remainderUnsigned(first, n);
  }

  /**
   * The unit as a line of a plan.
   *
   * @return an object that {@link #of} reads
   */
  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("kind", "image");
    json.add("model", model.json());
    json.addProperty("prompt", prompt);
    json.addProperty("negative", negative);
    json.addProperty("seed", Long.toString(seed)); // a number of JSON has 53 bits
    json.addProperty("sampler", sampler);
    json.addProperty("steps", steps);
    json.addProperty("guidance", guidance);
    json.addProperty("width", width);
    json.addProperty("height", height);
    return json;
  }

  /**
   * A unit from a line of a plan.
   *
   * @param json as {@link #json} writes it
   * @return the unit
   * @throws RuntimeException of Gson if a member is missing or of another type
   */
  public static ImageUnit of(JsonObject json) {
    JsonObject model = json.getAsJsonObject("model");
    return new ImageUnit(
        new Model(
            model.get("base").getAsString(),
            model.getAsJsonArray("patches").asList().stream()
                .map(patch -> patch.getAsJsonObject())
                .map(
                    patch ->
                        new AppliedPatch(
                            patch.get("id").getAsString(), patch.get("strength").getAsDouble()))
                .toList(),
            model.getAsJsonArray("tokens").asList().stream()
                .map(token -> token.getAsString())
                .toList(),
            model.get("numerics").getAsString()),
        json.get("prompt").getAsString(),
        json.get("negative").getAsString(),
        Long.parseLong(json.get("seed").getAsString()),
        json.get("sampler").getAsString(),
        json.get("steps").getAsInt(),
        json.get("guidance").getAsDouble(),
        json.get("width").getAsInt(),
        json.get("height").getAsInt());
  }
}
