package dev.forgetmenot.studio.http;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.TextFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificate of a server and its private key, both in PEM (RFC 7468).
 *
 * @param certificate the server's own first, then those that signed it
 * @param key PKCS#8 without a password, RSA or EC
 */
public record TlsFiles(Path certificate, Path key) {
  /** What protects the entry of the key store, which is in memory alone. */
  static final String PASSWORD = "in memory";

  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----");

  /**
   * Reads both into a store that is in memory alone.
   *
   * @throws IOException if one is missing or holds something else, the certificate is out of its
   *     time, or the key is not the certificate's; the message says what to do
   */
  public KeyStore open() throws IOException {
    List<X509Certificate> chain = chain();
    PublicKey open = chain.get(0).getPublicKey();
    if (!SIGNATURES.containsKey(open.getAlgorithm())) {
      throw new IOException(
          Message.of(
              "%s is a certificate of a key of %s; one of RSA or EC is needed",
              certificate, open.getAlgorithm()));
    }
    PrivateKey secret = secret(open.getAlgorithm());
    if (!belong(secret, open)) {
      throw new IOException(
          Message.of(
              "%s is not the key of the certificate %s: give the two that were made together",
              key, certificate));
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server", secret, PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate cannot be used: " + e.getMessage(), e);
    }
  }

  private static String text(Path file, String option) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(Message.of("%s is not there; %s names a PEM file", file, option));
    }
    return TextFile.read(file);
  }

  private List<X509Certificate> chain() throws IOException {
    byte[] bytes = text(certificate, "--tls-cert").getBytes(StandardCharsets.UTF_8);
    List<X509Certificate> chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException e) {
      throw new IOException(noCertificate(), e);
    }
    if (chain.isEmpty()) {
      throw new IOException(noCertificate());
    }
    try {
      chain.get(0).checkValidity();
    } catch (CertificateException e) {
      throw new IOException(
          Message.of(
              "the certificate %s is for %s to %s; get another one",
              certificate,
              chain.get(0).getNotBefore().toInstant(),
              chain.get(0).getNotAfter().toInstant()),
          e);
    }
    return chain;
  }

  private String noCertificate() {
    return certificate + " holds no certificate in PEM, which begins with BEGIN CERTIFICATE";
  }

  private PrivateKey secret(String algorithm) throws IOException {
    String text = text(key, "--tls-key");
    Matcher label = KEY.matcher(text);
    if (!label.find()) {
      throw new IOException(
          key + " holds no private key in PEM, which begins with BEGIN PRIVATE KEY");
    }
    if (label.group(1).equals("ENCRYPTED PRIVATE KEY")) {
      throw new IOException(
          key + " is encrypted; take the password off: openssl pkey -in FILE -out OTHER");
    }
    if (!label.group(1).equals("PRIVATE KEY")) {
      throw new IOException(
          Message.of(
              "%s is in an older form (%s); turn it into PKCS#8: openssl pkey -in FILE -out OTHER",
              key, label.group(1)));
    }
    Matcher block = BLOCK.matcher(text);
    if (!block.find()) {
      throw new IOException(key + " is damaged: between BEGIN and END should be base64");
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(block.group(2));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      throw new IOException(
          Message.of("%s holds no key of %s, as the certificate has it", key, algorithm), e);
    } catch (GeneralSecurityException e) {
      throw new IOException("Java lacks keys of " + algorithm, e);
    }
  }

  /** Whether what the one signs the other confirms. */
  private static boolean belong(PrivateKey secret, PublicKey open) {
    byte[] text = "fmn".getBytes(StandardCharsets.UTF_8);
    try {
      Signature signature = Signature.getInstance(SIGNATURES.get(open.getAlgorithm()));
      signature.initSign(secret);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(open);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
