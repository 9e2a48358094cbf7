package dev.forgetmenot.patch;

import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.StrictJson;
import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Has every reader read the largest and worst that it takes, in a Java with little memory: what is
 * wrong is refused, what is right is read, and memory is enough. Run by {@link MemoryBoundTest}.
 */
final class BoundedReaders {
  private static final int MANIFEST = StrictJson.BYTES;

  private BoundedReaders() {}

  /** Prints what became of each; ends badly if a reader does. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Map<String, Callable<String>> cases = new LinkedHashMap<>();
    cases.put("400 MB of deltas", () -> open(folder.resolve("huge.fmnpatch")));
    cases.put("400 MB of mimetype", () -> open(folder.resolve("mimetype.fmnpatch")));
    cases.put("400 MB of manifest", () -> open(folder.resolve("manifest.fmnpatch")));
    cases.put("400 MB of signature", () -> open(folder.resolve("signature.fmnpatch")));
    cases.put("many values", () -> manifest("{\"a\":[" + "1,".repeat(19_998) + "1]}"));
    cases.put("many objects", () -> manifest("{\"a\":[" + "{},".repeat(19_998) + "{}]}"));
    cases.put("too many", () -> manifest(filled("{\"a\":[", "{},", "{}]}")));
    cases.put("deep", () -> manifest(filled("{\"a\":", "[", "")));
    cases.put(
        "long texts", () -> manifest(filled("{\"a\":[", "\"" + "b".repeat(8192) + "\",", "1]}")));
    cases.put(
        "escapes",
        () -> manifest(filled("{\"a\":[", "\"" + "\\u00e9".repeat(8000) + "\",", "1]}")));
    cases.put("long keys", () -> manifest(keys()));
    cases.put("white space", () -> manifest(filled("{", " ", "}")));
    cases.put("many targets", () -> manifest(targets()));
    cases.put("many tensors", () -> safetensors(tensors(4096), SafetensorsLimits.PATCH));
    cases.put("too many tensors", () -> safetensors(tensors(9000), SafetensorsLimits.PATCH));
    cases.put("tensors of a model", () -> safetensors(tensors(100_000), SafetensorsLimits.MODEL));
    cases.put("metadata of a patch", () -> safetensors(metadata(1 << 20), SafetensorsLimits.PATCH));
    cases.put(
        "metadata of a model",
        () ->
            safetensors(
                metadata((int) SafetensorsLimits.MODEL.headerBytes()), SafetensorsLimits.MODEL));
    cases.put("an envelope", () -> envelope(new byte[DsseEnvelope.BYTES]));
    cases.put(
        "a full envelope",
        () ->
            envelope(
                ("{\"payload\":\"" + "A".repeat(DsseEnvelope.BYTES - 100) + "\",\"a\":1}")
                    .getBytes(StandardCharsets.UTF_8)));
    cases.put("a statement", () -> statement(new byte[Statement.BYTES]));
    cases.put(
        "a full statement",
        () ->
            statement(
                ("{\"payloadType\":\""
                        + SignedStatement.PAYLOAD_TYPE
                        + "\",\"signatures\":[{\"sig\":\"\"}],\"payload\":\""
                        + "A".repeat(Statement.BYTES - 200)
                        + "\"}")
                    .getBytes(StandardCharsets.UTF_8)));
    cases.put("a key file", () -> key(folder.resolve("mimetype.fmnpatch")));
    for (Map.Entry<String, Callable<String>> one : cases.entrySet()) {
      System.out.println(one.getKey() + ": " + one.getValue().call());
    }
    System.out.println("largest heap: " + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
  }

  private static String open(Path file) throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      return "read, " + patch.size() + " bytes";
    } catch (PatchFormatException e) {
      return e.error().code();
    }
  }

  private static String manifest(String json) {
    try {
      ManifestReader.read("x", json.getBytes(StandardCharsets.UTF_8));
      return "read";
    } catch (PatchFormatException e) {
      return e.error().code();
    }
  }

  /** As often as it fits. */
  private static String filled(String start, String middle, String end) {
    int times = (MANIFEST - start.length() - end.length()) / middle.length();
    return start + middle.repeat(times) + end;
  }

  private static String keys() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; json.length() < MANIFEST - 8300; i++) {
      json.append('"').append(i).append("k".repeat(8180)).append("\":1,");
    }
    return json.append("\"z\":1}").toString();
  }

  /** A good manifest but for its many targets, which the base does not have. */
  private static String targets() throws IOException {
    Path file = Files.createTempFile("fmn", ".fmnpatch");
    try {
      PatchWriter.write(
          file,
          SampleEdits.draft(SampleEdits.lowRank()),
          SampleEdits.base(2),
          "stable-diffusion-v1",
          SampleEdits.CREATED);
      try (PatchFile patch = PatchFile.open(file)) {
        String json = new String(patch.content("manifest.json"), StandardCharsets.UTF_8);
        StringBuilder more = new StringBuilder("\"targets\": [");
        for (int i = 0; i < 2400; i++) {
          more.append("{\"target\":\"unet/").append(i).append("x".repeat(220));
          more.append(
              "\",\"shape\":[2147483647,2147483647],\"rank\":1024,\"alpha\":1,\"norm\":1},");
        }
        return json.replaceFirst("\"targets\": \\[", more.toString());
      }
    } finally {
      Files.delete(file);
    }
  }

  private static String tensors(int count) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      json.append("\"t").append(i).append("\":{\"dtype\":\"F32\",\"shape\":[0],");
      json.append("\"data_offsets\":[0,0]},");
    }
    json.setLength(json.length() - 1);
    return json.append('}').toString();
  }

  private static String metadata(int bytes) {
    String start = "{\"__metadata__\":{\"a\":\"";
    return start + "b".repeat(bytes - start.length() - 3) + "\"}}";
  }

  private static String safetensors(String header, SafetensorsLimits limits) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length());
    bytes.put(header.getBytes(StandardCharsets.ISO_8859_1)).flip();
    try (SafetensorsFile file = SafetensorsFile.open("x", bytes, limits)) {
      return "read, " + file.tensors().size() + " tensors";
    } catch (SafetensorsException e) {
      return e.problem().name();
    }
  }

  private static String envelope(byte[] json) {
    try {
      return "read, " + DsseEnvelope.read("x", json, new byte[0]).size();
    } catch (PatchFormatException e) {
      return e.error().code();
    }
  }

  private static String statement(byte[] json) {
    try {
      return "read, " + SignedStatement.read("x", json, List.of()).signers().size();
    } catch (PatchFormatException e) {
      return e.error().code();
    }
  }

  private static String key(Path file) throws IOException {
    try {
      return "read, " + KeyFile.readPublic(file).id();
    } catch (KeyRefusedException e) {
      return "refused";
    }
  }
}
