package dev.forgetmenot.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys in files, as other tools write them: a private key as PKCS#8 and a public one as
 * SubjectPublicKeyInfo, both PEM (RFC 7468), unencrypted.
 */
public final class KeyFile {
  /** What the name of a private key's file gets for the public half beside it. */
  public static final String PUBLIC_SUFFIX = ".pub";

  private static final int LIMIT = 16 << 10;
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final Pattern FORM =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]{1,40})-----\\r?\\n([A-Za-z0-9+/=\\r\\n]+)-----END \\1-----\\s*");
  private static final Pattern LABEL = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private KeyFile() {}

  /** Where the public half of a private key's file is written. */
  public static Path publicOf(Path file) {
    return file.resolveSibling(file.getFileName() + PUBLIC_SUFFIX);
  }

  /**
   * Writes a key: the private half to a file that only its owner may read, where the file system
   * knows owners, and the public half beside it.
   *
   * @throws FileAlreadyExistsException if one of the files is there; nothing is changed then
   */
  public static void write(Path file, SigningKey key) throws IOException {
    Path other = publicOf(file);
    for (Path path : new Path[] {file, other}) {
      if (Files.exists(path)) {
        throw new FileAlreadyExistsException(
            path + " is there already; a key is never overwritten: choose another name");
      }
    }
    boolean posix =
        file.toAbsolutePath().getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    create(file, pem(PRIVATE, key.pkcs8()), attributes);
    try {
      create(other, text(key.verification()));
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** A public key as its file holds it. */
  public static String text(VerificationKey key) {
    return pem(PUBLIC, key.spki());
  }

  private static void create(Path file, String text, FileAttribute<?>... attributes)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (SeekableByteChannel channel = Files.newByteChannel(file, options, attributes)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private static String pem(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /**
   * Reads a private key.
   *
   * @throws KeyRefusedException naming the file, if it holds something else
   */
  public static SigningKey readPrivate(Path file) throws IOException {
    try {
      return SigningKey.of(der(file, PRIVATE));
    } catch (KeyRefusedException e) {
      throw new KeyRefusedException(file, e);
    }
  }

  /**
   * Reads a public key.
   *
   * @throws KeyRefusedException naming the file, if it holds something else or a weak key
   */
  public static VerificationKey readPublic(Path file) throws IOException {
    try {
      return VerificationKey.of(der(file, PUBLIC));
    } catch (KeyRefusedException e) {
      throw new KeyRefusedException(file, e);
    }
  }

  /** Whether more than its owner's reading and writing is allowed; false where that is unknown. */
  public static boolean isOpenToOthers(Path file) throws IOException {
    try {
      return !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file));
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  private static byte[] der(Path file, String wanted) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw refuse("is not there; check the path, or make a key by: fmn patch keygen");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LIMIT + 1);
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Matcher label = LABEL.matcher(text);
    if (bytes.length > LIMIT || !label.lookingAt()) {
      throw refuse("is not a key file: it does not begin with -----BEGIN " + wanted + "-----");
    }
    if (!label.group(1).equals(wanted)) {
      throw refuse(otherKind(label.group(1), wanted));
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw refuse("is damaged: it is not one block of base64 between BEGIN and END");
    }
    String base64 = form.group(2).replace("\r", "").replace("\n", "");
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      if (Base64.getEncoder().encodeToString(der).equals(base64)) {
        return der;
      }
    } catch (IllegalArgumentException e) {
      // not base64: refused below like base64 in a second form
    }
    throw refuse("is damaged: what it holds is not base64");
  }

  private static String otherKind(String label, String wanted) {
    if (label.startsWith("ENCRYPTED")) {
      return "is encrypted and cannot be used so; write it without a password by: openssl pkey -in"
          + " FILE -out PLAIN";
    }
    if (label.equals(PUBLIC)) {
      return "is a public key; the private one is needed to sign";
    }
    if (label.equals(PRIVATE)) {
      return "is a private key: keep it to yourself; the public one beside it, ending in "
          + PUBLIC_SUFFIX
          + ", is for others";
    }
    return "holds a " + label + "; an Ed25519 key as " + wanted + " is needed: fmn patch keygen";
  }

  private static KeyRefusedException refuse(String why) {
    return new KeyRefusedException(why, false);
  }
}
