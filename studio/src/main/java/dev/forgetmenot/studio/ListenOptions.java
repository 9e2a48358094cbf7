package dev.forgetmenot.studio;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.studio.http.Listening;
import dev.forgetmenot.studio.http.TlsFiles;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where a server listens, and what protects what it says there. */
final class ListenOptions {
  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "7860",
      description = "Where to listen; 0 for any that is free (default: 7860).")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "An address of this machine, or 0.0.0.0 for all (default: 127.0.0.1). Others than those of"
              + " this machine alone need --tls-cert and --tls-key.")
  private String listen;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "A certificate in PEM, with those that signed it: clients ask by https.")
  private Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of the certificate in PEM (PKCS#8, RSA or EC).")
  private Path key;

  @Option(
      names = "--insecure-http",
      description = "Listen on other addresses without TLS: everyone on the way reads the token.")
  private boolean insecure;

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description =
          "Another name under which a client asks, such as host.docker.internal; repeatable.")
  private Set<String> names = Set.of();

  /**
   * Where to listen.
   *
   * @throws IllegalArgumentException if the options do not go together
   * @throws IOException if the certificate cannot be used
   */
  Listening listening() throws IOException {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("--port should be in [0, 65535]");
    }
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("--tls-cert and --tls-key should be given both");
    }
    if (insecure && certificate != null) {
      throw new IllegalArgumentException("--insecure-http and --tls-cert exclude each other");
    }
    if (beyond() && certificate == null && !insecure) {
      throw new IllegalArgumentException(
          Message.of(
              "--listen %s can be reached by other machines: give --tls-cert and --tls-key, or say"
                  + " --insecure-http",
              listen));
    }
    return new Listening(
        address(),
        port,
        names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()),
        certificate == null
            ? Optional.empty()
            : Optional.of(new TlsFiles(certificate, key).open()));
  }

  private boolean beyond() {
    return !address().isLoopbackAddress();
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(listen);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          Message.of("--listen should be an address of this machine; '%s' is none", listen), e);
    }
  }

  /**
   * The address to give to clients: that of this machine where it listens on all.
   *
   * @param answering the port on which it listens
   */
  String address(int answering) {
    InetAddress address = address();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    boolean six = address instanceof Inet6Address && !address.isAnyLocalAddress();
    return (certificate == null ? "http://" : "https://")
        + (six ? "[" + host.split("%", 2)[0] + "]" : host)
        + ":"
        + answering;
  }

  /** What the user should know of the choice. */
  List<String> warnings() {
    if (!beyond()) {
      return List.of();
    }
    String who =
        Message.of(
            "warning: other machines reach the server on %s; who has the token draws, reads and"
                + " removes all that it has",
            listen);
    String way =
        "warning: without TLS the token and all images are read by everyone on the way to the server";
    return insecure ? List.of(who, way) : List.of(who);
  }
}
