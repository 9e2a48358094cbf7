package dev.forgetmenot.oci;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import dev.forgetmenot.patch.Manifest;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * The manifest under which a patch lies in a registry: an image manifest of OCI 1.1 with an empty
 * configuration and one layer, the patch's file. The same patch gives the same bytes, for nothing
 * in it comes from the moment of writing.
 */
final class ArtifactManifest {
  static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** Most bytes of a manifest: what registries must take at least. */
  static final int LARGEST = 4 << 20;

  private static final String ARTIFACT = "application/vnd.fmnpatch.v1";
  private static final String LAYER = "application/vnd.fmnpatch+zip";
  private static final String MEDIA_TYPE_KEY = "mediaType";
  private static final String ANNOTATIONS = "annotations";
  private static final String OCI = "org.opencontainers.image.";
  private static final String OURS = "dev.forgetmenot.patch.";

  /** Largest number that every JSON reader holds exactly. */
  private static final double SAFE = (1L << 53) - 1;

  /** The content of a configuration that says nothing. */
  static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

  static final Descriptor CONFIG = Descriptor.of("application/vnd.oci.empty.v1+json", EMPTY);

  private ArtifactManifest() {}

  /** The layer of a patch's file. */
  static Descriptor layer(String sha256, long size) {
    return Descriptor.of(LAYER, sha256, size);
  }

  /**
   * Writes the manifest of a patch.
   *
   * @param patch what it says of itself
   * @param id the patch id
   * @param layer its file
   */
  static byte[] write(Manifest patch, String id, Descriptor layer) throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.beginObject().name("schemaVersion").value(2);
    json.name(MEDIA_TYPE_KEY).value(MEDIA_TYPE).name("artifactType").value(ARTIFACT);
    descriptor(json.name("config"), CONFIG);
    json.name("data").value(Base64.getEncoder().encodeToString(EMPTY)).endObject();
    descriptor(json.name("layers").beginArray(), layer);
    String file = patch.name() + "-" + patch.patchVersion() + ".fmnpatch";
    texts(json.name(ANNOTATIONS), Map.of(OCI + "title", file));
    json.endObject().endArray();
    texts(json.name(ANNOTATIONS), annotations(patch, id));
    json.endObject().close();
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void descriptor(JsonWriter json, Descriptor of) throws IOException {
    json.beginObject().name(MEDIA_TYPE_KEY).value(of.mediaType());
    json.name("digest").value(of.digest()).name("size").value(of.size());
  }

  private static void texts(JsonWriter json, Map<String, String> texts) throws IOException {
    json.beginObject();
    for (Map.Entry<String, String> text : new TreeMap<>(texts).entrySet()) {
      json.name(text.getKey()).value(text.getValue());
    }
    json.endObject();
  }

  private static Map<String, String> annotations(Manifest patch, String id) {
    Map<String, String> all = new TreeMap<>();
    all.put(OCI + "created", patch.created());
    all.put(OCI + "version", patch.patchVersion());
    all.put(OCI + "licenses", patch.license());
    all.put(OCI + "authors", String.join(", ", patch.authors()));
    all.put(OCI + "description", patch.description());
    all.put(OURS + "id", id);
    all.put(OURS + "operation", patch.intent().operation());
    all.put(
        OURS + "concepts",
        String.join(
            ", ", patch.intent().concepts().stream().map(Manifest.IntentConcept::label).toList()));
    all.put(OURS + "base", patch.base().label() + " (" + patch.architecture() + ")");
    all.values().removeIf(String::isEmpty);
    return all;
  }

  /**
   * Finds the patch in a manifest. Names of files that it says are not looked at.
   *
   * @param where begins messages
   * @return the one layer that is a patch
   * @throws RemoteFailure if it is no manifest, or has not exactly one patch of a fitting size
   */
  static Descriptor read(String where, byte[] bytes) throws RemoteFailure {
    JsonObject json;
    try {
      json = JsonText.object("the manifest of " + where, bytes);
    } catch (IOException e) {
      throw new RemoteFailure(e.getMessage(), e);
    }
    String type = Answer.text(json, MEDIA_TYPE_KEY);
    if (!(type.isEmpty() || type.equals(MEDIA_TYPE))
        || !(json.get("layers") instanceof JsonArray)) {
      throw new RemoteFailure(
          Message.of(
              "%s is not an image manifest of OCI%s, and a patch lies under one: check name and tag",
              where, type.isEmpty() ? "" : " but " + type));
    }
    Descriptor found = null;
    for (JsonElement element : json.getAsJsonArray("layers")) {
      JsonObject layer = element instanceof JsonObject object ? object : new JsonObject();
      if (Answer.text(layer, MEDIA_TYPE_KEY).equals(LAYER)) {
        if (found != null) {
          throw new RemoteFailure(where + " has more than one patch, and one was expected");
        }
        found = new Descriptor(LAYER, Answer.text(layer, "digest"), size(layer));
      }
    }
    if (found == null) {
      throw new RemoteFailure(
          Message.of(
              "%s has no patch (a layer %s) in it, but something else: check name and tag",
              where, LAYER));
    }
    if (!Descriptor.isDigest(found.digest()) || found.size() <= 0) {
      throw new RemoteFailure(
          Message.of(
              "%s has a layer with the digest '%s' and the size %d: expected sha256: and 64 digits,"
                  + " and a size above 0; it cannot be pulled",
              where, found.digest(), found.size()));
    }
    return found;
  }

  /** 0 for what is no size. */
  private static long size(JsonObject layer) {
    try {
      double size = Double.parseDouble(Answer.text(layer, "size"));
      return size == Math.rint(size) && Math.abs(size) <= SAFE ? (long) size : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
