package dev.forgetmenot.patch;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Statement} speaks of, or something that took part in it: in-toto's resource
 * descriptor.
 *
 * @param name for people, may be empty
 * @param uri where or what it is
 * @param digest by algorithm, such as {@link #SHA256}, lower-case hex; may be empty
 * @param annotations what is said of it beside
 */
public record ResourceDescriptor(
    String name,
    Optional<String> uri,
    Map<String, String> digest,
    Map<String, Object> annotations) {
  /** The algorithm by which the subjects of statements are found. */
  public static final String SHA256 = "sha256";

  /** Copies the maps; their order stays. */
  public ResourceDescriptor {
    digest = Collections.unmodifiableMap(new LinkedHashMap<>(digest));
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }

  /** What a digest names. */
  public static ResourceDescriptor of(
      String name, String algorithm, String hex, Map<String, Object> annotations) {
    return new ResourceDescriptor(name, Optional.empty(), Map.of(algorithm, hex), annotations);
  }

  /** The members of its JSON; those that would be empty are left out. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", name);
    uri.ifPresent(text -> members.put("uri", text));
    if (!digest.isEmpty()) {
      members.put("digest", digest);
    }
    if (!annotations.isEmpty()) {
      members.put("annotations", annotations);
    }
    return members;
  }

  /** Reads one; all its members may be missing. */
  public static ResourceDescriptor read(JsonObjectReader members) throws PatchFormatException {
    return new ResourceDescriptor(
        members.has("name") ? members.text("name") : "",
        members.has("uri") ? Optional.of(members.text("uri")) : Optional.empty(),
        members.has("digest") ? members.textMap("digest", ".+") : Map.of(),
        members.has("annotations") ? members.members("annotations") : Map.of());
  }
}
