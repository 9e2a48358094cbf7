package dev.forgetmenot.oci;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.Statement;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The manifest under which a patch lies in a registry: an image manifest of OCI 1.1 with an empty
 * configuration, a layer that is the patch's file, and one for each statement beside it. The same
 * files give the same bytes, for nothing in it comes from the moment of writing.
 */
final class ArtifactManifest {
  static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** Most bytes of a manifest: what registries must take at least. */
  static final int LARGEST = 4 << 20;

  private static final String ARTIFACT = "application/vnd.fmnpatch.v1";
  private static final String LAYER = "application/vnd.fmnpatch+zip";

  /** What envelopes of DSSE are called in registries. */
  private static final String STATEMENT = "application/vnd.dsse.envelope.v1+json";

  /** Statements that go with a patch. */
  static final int STATEMENTS = 16;

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

  /** The layer of a statement's file. */
  static Descriptor statement(byte[] envelope) {
    return Descriptor.of(STATEMENT, envelope);
  }

  /**
   * Writes the manifest of a patch.
   *
   * @param patch what it says of itself
   * @param id the patch id
   * @param layer its file
   * @param statements of it, by what their names have after the patch's
   */
  static byte[] write(
      Manifest patch, String id, Descriptor layer, SortedMap<String, Descriptor> statements)
      throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.beginObject().name("schemaVersion").value(2);
    json.name(MEDIA_TYPE_KEY).value(MEDIA_TYPE).name("artifactType").value(ARTIFACT);
    descriptor(json.name("config"), CONFIG);
    json.name("data").value(Base64.getEncoder().encodeToString(EMPTY)).endObject();
    String file = patch.name() + "-" + patch.patchVersion() + ".fmnpatch";
    layer(json.name("layers").beginArray(), layer, file);
    for (Map.Entry<String, Descriptor> statement : statements.entrySet()) {
      layer(json, statement.getValue(), file + statement.getKey());
    }
    json.endArray();
    texts(json.name(ANNOTATIONS), annotations(patch, id));
    json.endObject().close();
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void layer(JsonWriter json, Descriptor of, String title) throws IOException {
    descriptor(json, of);
    texts(json.name(ANNOTATIONS), Map.of(OCI + "title", title));
    json.endObject();
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
    List<Descriptor> found = layers(where, bytes, LAYER);
    if (found.size() > 1) {
      throw new RemoteFailure(where + " has more than one patch, and one was expected");
    }
    if (found.isEmpty()) {
      throw new RemoteFailure(
          Message.of(
              "%s has no patch (a layer %s) in it, but something else: check name and tag",
              where, LAYER));
    }
    return found.get(0);
  }

  /**
   * The statements in a manifest.
   *
   * @throws RemoteFailure if there are too many, or one is too large to be read
   */
  static List<Descriptor> statements(String where, byte[] bytes) throws RemoteFailure {
    List<Descriptor> found = layers(where, bytes, STATEMENT);
    if (found.size() > STATEMENTS || found.stream().anyMatch(one -> one.size() > Statement.BYTES)) {
      throw new RemoteFailure(
          Message.of(
              "%s has %d statements, or one of more than %d bytes; at most %d are pulled",
              where, found.size(), Statement.BYTES, STATEMENTS));
    }
    return found;
  }

  private static List<Descriptor> layers(String where, byte[] bytes, String wanted)
      throws RemoteFailure {
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
    List<Descriptor> found = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("layers")) {
      JsonObject layer = element instanceof JsonObject object ? object : new JsonObject();
      if (Answer.text(layer, MEDIA_TYPE_KEY).equals(wanted)) {
        found.add(
            checked(where, new Descriptor(wanted, Answer.text(layer, "digest"), size(layer))));
      }
    }
    return found;
  }

  private static Descriptor checked(String where, Descriptor layer) throws RemoteFailure {
    if (!Descriptor.isDigest(layer.digest()) || layer.size() <= 0) {
      throw new RemoteFailure(
          Message.of(
              "%s has a layer with the digest '%s' and the size %d: expected sha256: and 64 digits,"
                  + " and a size above 0; it cannot be pulled",
              where, layer.digest(), layer.size()));
    }
    return layer;
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
