package dev.forgetmenot.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A statement and who signed it: in-toto's Statement v1 in a DSSE envelope, a file beside what it
 * speaks of. The payload's type keeps a statement from passing as a manifest, and the reverse.
 *
 * <p>Other programs write such envelopes too, so more is accepted than of an envelope over a
 * manifest: both alphabets of base64, members that are not known, and signatures without a public
 * key, which are tried with the keys that the reader knows. What was signed is what is read: the
 * bytes are decoded once.
 *
 * @param statement what is said
 * @param signers whose signatures are right, at least one, by key id; whose keys these are, is not
 *     said here
 */
public record SignedStatement(Statement statement, List<VerificationKey> signers) {
  /** What an envelope over a statement says that it signs. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /** The type by which others name the same of one kind of predicate. */
  private static final String TEST_RESULT_TYPE = "application/vnd.in-toto.test-result+json";

  private static final String INFIX = ".test-result.";
  private static final String ENDING = ".json";
  private static final int SHORT_ID = 8;

  private static final StrictJson.Limits LIMITS =
      new StrictJson.Limits(Statement.BYTES, "payload", Statement.BYTES);

  /** Copies the list. */
  public SignedStatement {
    signers = List.copyOf(signers);
  }

  /** Where a key's statement on results of tests lies: beside the patch or stack. */
  public static Path fileOf(Path subject, VerificationKey key) {
    return subject.resolveSibling(
        subject.getFileName() + INFIX + key.id().substring(0, SHORT_ID) + ENDING);
  }

  /** The files beside a patch or a stack that are statements by their names, sorted. */
  public static List<Path> beside(Path subject) throws IOException {
    Path folder = subject.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    String start = subject.getFileName() + INFIX;
    try (var files = Files.list(folder)) {
      return files
          .map(file -> subject.resolveSibling(file.getFileName().toString()))
          .filter(file -> file.getFileName().toString().startsWith(start))
          .filter(file -> file.getFileName().toString().endsWith(ENDING))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  /** The envelope of a statement. The same key and statement give the same bytes. */
  public static byte[] envelope(Statement statement, SigningKey key) {
    byte[] payload = statement.bytes();
    return DsseEnvelope.write(
        PAYLOAD_TYPE, payload, List.of(DsseEnvelope.sign(PAYLOAD_TYPE, payload, key)));
  }

  /**
   * Signs a statement and writes it beside its place, then moves it there.
   *
   * @throws PatchFormatException if it is larger than may be read again
   */
  public static void write(Path file, Statement statement, SigningKey key) throws IOException {
    byte[] envelope = envelope(statement, key);
    read(file.toString(), envelope, List.of());
    AtomicFile.write(file, envelope);
  }

  /**
   * Reads a file.
   *
   * @param known keys that signatures are tried with which bring none
   * @throws PatchFormatException as {@link #read(String, byte[], Collection)}
   * @throws IOException if it cannot be read
   */
  public static SignedStatement read(Path file, Collection<VerificationKey> known)
      throws IOException {
    return read(file.toString(), bytes(file), known);
  }

  /** The bytes of a file, of one that is too large enough of them to be refused. */
  public static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(Statement.BYTES + 1);
    }
  }

  /**
   * Reads an envelope and checks its signatures. Those of other kinds of keys, and those without a
   * key that no known one has made, count for nothing.
   *
   * @param where begins messages
   * @param known keys that signatures are tried with which bring none
   * @throws PatchFormatException FMN-201 to 209 if it is no envelope or no statement, 402 if a
   *     signature is not by the key that it brings, 403 if there is no key to check any, 405 if a
   *     key is weak, 406 if something else than a statement is signed
   */
  public static SignedStatement read(String where, byte[] json, Collection<VerificationKey> known)
      throws PatchFormatException {
    JsonObjectReader members =
        new JsonObjectReader(where, StrictJson.read(where, json, LIMITS), true);
    String type = members.text("payloadType");
    if (!type.equals(PAYLOAD_TYPE) && !type.equals(TEST_RESULT_TYPE)) {
      throw new PatchFormatException(
          PatchError.PAYLOAD_DIFFERS,
          where,
          "signs '"
              + type
              + "' and no statement, "
              + PAYLOAD_TYPE
              + "; it is another kind of file");
    }
    byte[] payload = base64(members, "payload");
    List<Claim> claims = members.objects("signatures", SignedStatement::claim);
    if (claims.isEmpty() || claims.size() > DsseEnvelope.SIGNATURES) {
      throw members.wrong(
          "signatures", "should be 1 to " + DsseEnvelope.SIGNATURES + ", not " + claims.size());
    }
    byte[] signed = DsseEnvelope.preAuthentication(type, payload);
    TreeMap<String, VerificationKey> signers = new TreeMap<>();
    for (Claim claim : claims) {
      claim.signer(where, signed, known).ifPresent(key -> signers.put(key.id(), key));
    }
    if (signers.isEmpty()) {
      throw new PatchFormatException(
          PatchError.UNKNOWN_KEY,
          where,
          "brings no Ed25519 key and is by none that you know, so it is unknown who says it");
    }
    return new SignedStatement(Statement.read(where, payload), new ArrayList<>(signers.values()));
  }

  private static Claim claim(JsonObjectReader m) throws PatchFormatException {
    return new Claim(
        m.has("publicKey") ? Optional.of(m.text("publicKey")) : Optional.empty(), base64(m, "sig"));
  }

  /** Base64 of either alphabet, with or without padding. */
  private static byte[] base64(JsonObjectReader members, String name) throws PatchFormatException {
    return decoded(members.text(name)).orElseThrow(() -> members.wrong(name, "is not base64"));
  }

  private static Optional<byte[]> decoded(String text) {
    boolean url = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    try {
      return Optional.of((url ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A signature before it is checked; the key id beside it is a hint that nothing depends on. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  private record Claim(Optional<String> publicKey, byte[] signature) {
    Optional<VerificationKey> signer(String where, byte[] signed, Collection<VerificationKey> known)
        throws PatchFormatException {
      Optional<byte[]> spki = publicKey.flatMap(SignedStatement::decoded);
      if (spki.isEmpty()) {
        return known.stream().filter(key -> key.verifies(signed, signature)).findFirst();
      }
      VerificationKey key;
      try {
        key = VerificationKey.of(spki.get());
      } catch (KeyRefusedException e) {
        if (e.weak()) {
          throw new PatchFormatException(PatchError.WEAK_KEY, where, "its key " + e.reason());
        }
        return Optional.empty();
      }
      if (!key.verifies(signed, signature)) {
        throw new PatchFormatException(
            PatchError.BAD_SIGNATURE,
            where,
            "has a signature that is not by its key "
                + key.id()
                + "; it was changed after signing: do not believe it");
      }
      return Optional.of(key);
    }
  }
}
