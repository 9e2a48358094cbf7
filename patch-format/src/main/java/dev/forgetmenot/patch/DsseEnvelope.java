package dev.forgetmenot.patch;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Signatures over a manifest, or over a {@link SignedStatement}, in a DSSE envelope (JSON: {@code
 * payload}, {@code payloadType}, {@code signatures}). Each signature brings its public key as the
 * member {@code publicKey}, so that who sees it for the first time can decide about it; other
 * readers of DSSE ignore that member.
 */
public final class DsseEnvelope {
  /** What an envelope over a manifest says that it signs. */
  public static final String PAYLOAD_TYPE = "application/vnd.fmnpatch.manifest.v1+json";

  /** Signatures that one envelope, and one patch, may have. */
  public static final int SIGNATURES = 16;

  /** Bytes that an envelope may have: the largest manifest in base64, and the signatures. */
  public static final int BYTES = (StrictJson.BYTES + 2) / 3 * 4 + (16 << 10);

  private static final StrictJson.Limits LIMITS = new StrictJson.Limits(BYTES, "payload", BYTES);
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private DsseEnvelope() {}

  /** What is signed: DSSE's pre-authentication encoding of a payload. */
  public static byte[] preAuthentication(String type, byte[] payload) {
    byte[] name = type.getBytes(StandardCharsets.UTF_8);
    String head = "DSSEv1 " + name.length + " " + type + " " + payload.length + " ";
    byte[] start = head.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(start, start.length + payload.length);
    System.arraycopy(payload, 0, all, start.length, payload.length);
    return all;
  }

  /** Signs a manifest. The same key and manifest give the same signature. */
  public static PatchSignature sign(byte[] manifest, SigningKey key) {
    return sign(PAYLOAD_TYPE, manifest, key);
  }

  static PatchSignature sign(String type, byte[] payload, SigningKey key) {
    byte[] signature = key.sign(preAuthentication(type, payload));
    return new PatchSignature(key.verification(), Base64.getEncoder().encodeToString(signature));
  }

  /** An envelope of signatures over a manifest: one line, signatures in the order of key ids. */
  public static byte[] write(byte[] manifest, List<PatchSignature> signatures) {
    return write(PAYLOAD_TYPE, manifest, signatures);
  }

  static byte[] write(String type, byte[] payload, List<PatchSignature> signatures) {
    List<Map<String, String>> list = new ArrayList<>();
    for (PatchSignature signature : sorted(signatures)) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("keyid", signature.key().id());
      one.put("publicKey", signature.key().base64());
      one.put("sig", signature.sig());
      list.add(one);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("payload", Base64.getEncoder().encodeToString(payload));
    json.put("payloadType", type);
    json.put("signatures", list);
    return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
  }

  static List<PatchSignature> sorted(List<PatchSignature> signatures) {
    return signatures.stream().sorted(Comparator.comparing(s -> s.key().id())).toList();
  }

  /**
   * Reads an envelope and checks each of its signatures.
   *
   * @param where the file or entry that the envelope is
   * @param manifest the exact bytes that should have been signed
   * @return at least one signature, by key id; all are right for their own key
   * @throws PatchFormatException FMN-201 to 209 if it is no envelope, 402 if a signature is wrong,
   *     405 if a key is weak, 406 if something else was signed
   */
  public static List<PatchSignature> read(String where, byte[] json, byte[] manifest)
      throws PatchFormatException {
    JsonObjectReader members =
        new JsonObjectReader(where, StrictJson.read(where, json, LIMITS), false);
    if (!members.text("payloadType").equals(PAYLOAD_TYPE)
        || !Arrays.equals(base64(members, "payload"), manifest)) {
      throw new PatchFormatException(
          PatchError.PAYLOAD_DIFFERS,
          where,
          "signs something else than this patch's manifest; get the patch and its signature again,"
              + " from one place");
    }
    List<Claim> claims = members.objects("signatures", DsseEnvelope::claim);
    members.end();
    if (claims.isEmpty() || claims.size() > SIGNATURES) {
      throw members.wrong("signatures", "should be 1 to " + SIGNATURES + ", not " + claims.size());
    }
    byte[] signed = preAuthentication(PAYLOAD_TYPE, manifest);
    List<PatchSignature> signatures = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Claim claim : claims) {
      PatchSignature signature = claim.verify(where, signed);
      if (!ids.add(signature.key().id())) {
        throw new PatchFormatException(
            PatchError.INCONSISTENT, where, "has two signatures of the key " + claim.keyId);
      }
      signatures.add(signature);
    }
    return sorted(signatures);
  }

  private static Claim claim(JsonObjectReader m) throws PatchFormatException {
    return new Claim(m.text("keyid", ManifestReader.HEX), base64(m, "publicKey"), base64(m, "sig"));
  }

  /** Base64 in its one form: with padding, without line breaks, no bit left over. */
  private static byte[] base64(JsonObjectReader members, String name) throws PatchFormatException {
    String text = members.text(name);
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // another alphabet or length: refused below like a second form of the same bytes
    }
    throw members.wrong(name, "is not base64");
  }

  /** A signature before it is checked. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  private record Claim(String keyId, byte[] spki, byte[] signature) {
    PatchSignature verify(String where, byte[] signed) throws PatchFormatException {
      VerificationKey key;
      try {
        key = VerificationKey.of(spki);
      } catch (KeyRefusedException e) {
        throw new PatchFormatException(
            e.weak() ? PatchError.WEAK_KEY : PatchError.BAD_SIGNATURE,
            where,
            "the key " + keyId + " " + e.reason());
      }
      if (!key.id().equals(keyId)) {
        throw refuse(where, "says that it is by " + keyId + " and brings the key " + key.id());
      }
      if (!key.verifies(signed, signature)) {
        throw refuse(where, "has a signature that is not by its key " + keyId);
      }
      return new PatchSignature(key, Base64.getEncoder().encodeToString(signature));
    }

    private static PatchFormatException refuse(String where, String why) {
      return new PatchFormatException(
          PatchError.BAD_SIGNATURE, where, why + "; it was changed after signing: do not use it");
    }
  }
}
