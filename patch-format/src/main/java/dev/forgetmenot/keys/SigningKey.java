package dev.forgetmenot.keys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** A whole Ed25519 key: signs. The same key and message give the same signature. Immutable. */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";
  private static final int SEED_BYTES = 32;
  // PKCS#8 of RFC 8410, version 1: all of it but the seed is fixed.
  private static final byte[] PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private final PrivateKey key;
  private final VerificationKey verification;

  private SigningKey(KeyPair pair) throws KeyRefusedException {
    key = pair.getPrivate();
    verification = VerificationKey.of(pair.getPublic().getEncoded());
  }

  /** A new key from the system's randomness. */
  public static SigningKey generate() {
    try {
      return new SigningKey(KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair());
    } catch (GeneralSecurityException | KeyRefusedException e) {
      throw new IllegalStateException("every Java from 15 on makes Ed25519 keys", e);
    }
  }

  /**
   * Reads a key.
   *
   * @param pkcs8 PrivateKeyInfo, DER, not encrypted, without attributes
   * @throws KeyRefusedException if it is no Ed25519 private key
   */
  public static SigningKey of(byte[] pkcs8) throws KeyRefusedException {
    if (pkcs8.length != PREFIX.length + SEED_BYTES
        || !Arrays.equals(pkcs8, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      throw new KeyRefusedException(
          "is not an Ed25519 private key (RSA and other kinds are not used); make one by: fmn patch"
              + " keygen",
          false);
    }
    try {
      PrivateKey read =
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      byte[] seed = Arrays.copyOfRange(pkcs8, PREFIX.length, pkcs8.length);
      SigningKey key = new SigningKey(pairOf(seed));
      byte[] probe = {'f', 'm', 'n'};
      if (!key.verification.verifies(probe, sign(read, probe))) {
        throw new IllegalStateException("this Java makes another public key than RFC 8032");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new KeyRefusedException("is not read by this Java: " + e.getMessage(), false);
    }
  }

  /**
   * The pair that belongs to a seed. The JDK has no other way to the public half of a private key
   * than its generator, whose randomness is the seed.
   */
  private static KeyPair pairOf(byte[] seed) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
    return generator.generateKeyPair();
  }

  /** The public half. */
  public VerificationKey verification() {
    return verification;
  }

  /** PrivateKeyInfo, DER: the secret. */
  byte[] pkcs8() {
    return key.getEncoded();
  }

  /** Signs; 64 bytes. */
  public byte[] sign(byte[] message) {
    try {
      return sign(key, message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java from 15 on signs by Ed25519", e);
    }
  }

  private static byte[] sign(PrivateKey key, byte[] message) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(ALGORITHM);
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "the private key of " + verification.id();
  }

  private static final class Fixed extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] bytes;

    Fixed(byte[] bytes) {
      super(null, null);
      this.bytes = bytes;
    }

    @Override
    public void nextBytes(byte[] wanted) {
      System.arraycopy(bytes, 0, wanted, 0, wanted.length);
    }
  }
}
