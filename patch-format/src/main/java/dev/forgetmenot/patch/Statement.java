package dev.forgetmenot.patch;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An in-toto Statement v1: what is said, the predicate, of which files, the subjects. Who says it
 * is said by the envelope around it, {@link SignedStatement}.
 *
 * @param subjects at least one; they are told apart by their digests alone
 * @param predicateType a URI that says what the members of the predicate mean
 * @param predicate as read, see {@link StrictJson}, or to be written by Gson
 */
public record Statement(
    List<ResourceDescriptor> subjects, String predicateType, Map<String, Object> predicate) {
  /** The type of all statements of this version. */
  public static final String TYPE = "https://in-toto.io/Statement/v1";

  /** Bytes that an envelope with a statement may have, and the statement in it. */
  public static final int BYTES = 4 << 20;

  private static final StrictJson.Limits LIMITS = StrictJson.Limits.of(BYTES);

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** Copies the collections; their order stays. */
  public Statement {
    subjects = List.copyOf(subjects);
    predicate = Collections.unmodifiableMap(new LinkedHashMap<>(predicate));
  }

  /** The first subject of a SHA-256, if it speaks of that. */
  public Optional<ResourceDescriptor> about(String sha256) {
    return subjects.stream()
        .filter(subject -> sha256.equals(subject.digest().get(ResourceDescriptor.SHA256)))
        .findFirst();
  }

  /** The JSON that is signed: one line, members in the order in which they were given. */
  public byte[] bytes() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_type", TYPE);
    json.put("subject", subjects.stream().map(ResourceDescriptor::members).toList());
    json.put("predicateType", predicateType);
    json.put("predicate", predicate);
    return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a statement. Members that are not known are ignored, as the specification asks.
   *
   * @param where begins messages
   * @throws PatchFormatException FMN-201 to 209 if it is none
   */
  public static Statement read(String where, byte[] json) throws PatchFormatException {
    JsonObjectReader members =
        new JsonObjectReader(where, StrictJson.read(where, json, LIMITS), true);
    members.oneOf("_type", List.of(TYPE));
    Statement statement =
        new Statement(
            members.objects("subject", ResourceDescriptor::read),
            members.label("predicateType"),
            members.has("predicate") ? members.members("predicate") : Map.of());
    if (statement.subjects.isEmpty()) {
      throw new PatchFormatException(PatchError.INCONSISTENT, where, "speaks of no subject");
    }
    return statement;
  }
}
