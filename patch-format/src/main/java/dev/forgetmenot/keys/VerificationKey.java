package dev.forgetmenot.keys;

import dev.forgetmenot.files.Sha256;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The public half of an Ed25519 key: checks signatures. Only keys of the large group in their one
 * encoding exist as objects. Two are equal if their keys are. Immutable.
 */
public final class VerificationKey {
  private static final String ALGORITHM = "Ed25519";
  private static final int SIGNATURE_BYTES = 64;
  // SubjectPublicKeyInfo of RFC 8410: all of it but the 32 bytes of the point is fixed.
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final byte[] spki;
  private final PublicKey key;
  private final String id;

  private VerificationKey(byte[] spki, PublicKey key) {
    this.spki = spki;
    this.key = key;
    id = Sha256.hex(spki);
  }

  /**
   * Reads a key.
   *
   * @param spki SubjectPublicKeyInfo, DER
   * @throws KeyRefusedException if it is no Ed25519 key, or a weak one
   */
  public static VerificationKey of(byte[] spki) throws KeyRefusedException {
    if (spki.length != PREFIX.length + EdwardsPoint.BYTES
        || !Arrays.equals(spki, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      throw new KeyRefusedException(
          "is not an Ed25519 public key (RSA and other kinds are not used); make one by: fmn patch"
              + " keygen",
          false);
    }
    byte[] point = Arrays.copyOfRange(spki, PREFIX.length, spki.length);
    boolean strong = EdwardsPoint.decode(point).map(EdwardsPoint::isOfPrimeOrder).orElse(false);
    if (!strong) {
      throw new KeyRefusedException(
          "is a weak key, under which anyone could sign or one signature could be written in"
              + " several ways; do not trust who gave it",
          true);
    }
    try {
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(spki));
      return new VerificationKey(spki.clone(), key);
    } catch (GeneralSecurityException e) {
      throw new KeyRefusedException("is not read by this Java: " + e.getMessage(), false);
    }
  }

  /** SubjectPublicKeyInfo, DER. */
  public byte[] spki() {
    return spki.clone();
  }

  /** The same in base64. */
  public String base64() {
    return Base64.getEncoder().encodeToString(spki);
  }

  /** The key id: SHA-256 of {@link #spki}, lower-case hex. */
  public String id() {
    return id;
  }

  /**
   * Whether a signature is this key's.
   *
   * @param message what was signed
   * @param signature 64 bytes; others are no signature, nor is one in a second encoding
   */
  public boolean verifies(byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    byte[] point = Arrays.copyOf(signature, EdwardsPoint.BYTES);
    byte[] scalar = Arrays.copyOfRange(signature, EdwardsPoint.BYTES, SIGNATURE_BYTES);
    if (EdwardsPoint.littleEndian(scalar).compareTo(EdwardsPoint.ORDER) >= 0
        || EdwardsPoint.decode(point).isEmpty()) {
      return false;
    }
    try {
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(message);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** The key id. */
  @Override
  public String toString() {
    return id;
  }
}
