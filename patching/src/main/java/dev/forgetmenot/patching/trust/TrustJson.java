package dev.forgetmenot.patching.trust;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The text of a trust store: strict JSON, in one order. */
final class TrustJson {
  private static final String FORMAT = "fmn-trust";
  private static final int VERSION = 1;
  private static final String ID = "[0-9a-f]{64}";
  private static final String NAME = "[a-z0-9][a-z0-9._-]{0,95}";
  private static final String TIME = "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z";
  private static final String REVOKED = "revoked";
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  private TrustJson() {}

  static byte[] write(TrustState records) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("version", VERSION);
    json.put("unsigned", records.unsigned().word());
    List<Map<String, String>> keys = new ArrayList<>();
    for (TrustedKey key : records.keys().values()) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("keyid", key.key().id());
      one.put("publicKey", key.key().base64());
      one.put("label", key.label());
      one.put("added", key.added());
      one.put("status", key.revoked() ? REVOKED : "trusted");
      keys.add(one);
    }
    json.put("keys", keys);
    List<Map<String, String>> revoked = new ArrayList<>();
    records.revoked().forEach((id, added) -> revoked.add(row("id", id, "added", added, "", "")));
    json.put(REVOKED, revoked);
    List<Map<String, String>> pins = new ArrayList<>();
    records
        .pins()
        .forEach(
            (name, pin) -> pins.add(row("name", name, "keyid", pin.keyId(), "added", pin.since())));
    json.put("pins", pins);
    return (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, String> row(
      String first, String a, String second, String b, String third, String c) {
    Map<String, String> row = new LinkedHashMap<>();
    row.put(first, a);
    row.put(second, b);
    if (!third.isEmpty()) {
      row.put(third, c);
    }
    return row;
  }

  static TrustState read(String where, byte[] bytes) throws PatchFormatException {
    Map<String, Object> json = StrictJson.read(where, bytes, StrictJson.Limits.MANIFEST);
    JsonObjectReader members = new JsonObjectReader(where, json, false);
    members.oneOf("format", List.of(FORMAT));
    members.integer("version", VERSION, VERSION);
    UnsignedPolicy unsigned = UnsignedPolicy.of(members.oneOf("unsigned", UnsignedPolicy.WORDS));
    Map<String, TrustedKey> keys = new TreeMap<>();
    for (TrustedKey key : members.objects("keys", TrustJson::key)) {
      if (keys.put(key.key().id(), key) != null) {
        throw members.wrong("keys", "has the key " + key.key().id() + " twice");
      }
    }
    Map<String, String> revoked = new TreeMap<>();
    for (String[] row : members.objects(REVOKED, m -> row(m, "id", ID, "added", TIME))) {
      if (revoked.put(row[0], row[1]) != null) {
        throw members.wrong(REVOKED, "has " + row[0] + " twice");
      }
    }
    Map<String, TrustState.Pin> pins = new TreeMap<>();
    for (String[] row :
        members.objects("pins", m -> row(m, "name", NAME, "keyid", ID, "added", TIME))) {
      if (pins.put(row[0], new TrustState.Pin(row[1], row[2])) != null) {
        throw members.wrong("pins", "has " + row[0] + " twice");
      }
    }
    members.end();
    return new TrustState(unsigned, keys, revoked, pins);
  }

  private static String[] row(JsonObjectReader m, String... namesAndPatterns)
      throws PatchFormatException {
    String[] row = new String[namesAndPatterns.length / 2];
    for (int i = 0; i < row.length; i++) {
      row[i] = m.text(namesAndPatterns[2 * i], namesAndPatterns[2 * i + 1]);
    }
    return row;
  }

  private static TrustedKey key(JsonObjectReader m) throws PatchFormatException {
    String id = m.text("keyid", ID);
    VerificationKey key;
    try {
      key = VerificationKey.of(Base64.getDecoder().decode(m.text("publicKey")));
    } catch (KeyRefusedException | IllegalArgumentException e) {
      throw m.wrong("publicKey", e.getMessage());
    }
    if (!key.id().equals(id)) {
      throw m.wrong("keyid", "is " + id + " and the key's is " + key.id());
    }
    return new TrustedKey(
        key,
        m.text("label", TrustedKey.LABEL),
        m.text("added", TIME),
        m.oneOf("status", List.of("trusted", REVOKED)).equals(REVOKED));
  }
}
