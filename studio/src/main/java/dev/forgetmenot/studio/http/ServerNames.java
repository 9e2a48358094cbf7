package dev.forgetmenot.studio.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names under which a server is asked. A page of another site whose name was made to lead to
 * this machine (DNS rebinding) asks under its own name and is refused.
 *
 * @param port of the server
 * @param own its addresses, and {@code localhost}, which are allowed with its port alone
 * @param more names that are allowed with any port, lower case
 * @param tls whether it is asked by https
 */
record ServerNames(int port, Set<String> own, Set<String> more, boolean tls) {
  private static final Set<String> LOCAL = Set.of("127.0.0.1", "localhost", "[0:0:0:0:0:0:0:1]");
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  ServerNames {
    own = Set.copyOf(own);
    more = Set.copyOf(more);
  }

  /** The names of a server that listens on this machine alone. */
  ServerNames(int port, Set<String> more) {
    this(port, LOCAL, more, false);
  }

  /**
   * The names of a server.
   *
   * @param port on which it listens, where any was asked for
   */
  static ServerNames of(Listening listening, int port) throws SocketException {
    Stream<InetAddress> addresses =
        listening.address().isAnyLocalAddress()
            ? NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
            : Stream.of(listening.address());
    Set<String> own =
        Stream.concat(LOCAL.stream(), addresses.map(ServerNames::written))
            .collect(Collectors.toSet());
    return new ServerNames(port, own, listening.names(), listening.tls().isPresent());
  }

  /** An address as a Host header has it, but with all digits. */
  private static String written(InetAddress address) {
    String text = address.getHostAddress().split("%", 2)[0];
    return address instanceof Inet6Address ? "[" + text + "]" : text;
  }

  /** Addresses of version 6 have many forms. */
  private static String withAllDigits(String name) {
    if (!name.matches("\\[[0-9a-f:.]{2,45}]")) {
      return name;
    }
    try {
      InetAddress address = InetAddress.getByName(name);
      return address instanceof Inet6Address ? written(address) : name;
    } catch (UnknownHostException e) {
      return name;
    }
  }

  /** Whether a Host header names the server. */
  boolean allow(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    int colon = name.lastIndexOf(':');
    boolean hasPort = colon > name.lastIndexOf(']');
    String alone = hasPort ? name.substring(0, colon) : name;
    boolean ownPort =
        hasPort ? name.substring(colon + 1).equals("" + port) : port == (tls ? HTTPS : HTTP);
    return more.contains(alone) || (ownPort && own.contains(withAllDigits(alone)));
  }

  /**
   * Why a request of a browser is refused: it came from a page of another server. Browsers send
   * {@code Origin} with every write; {@code Sec-Fetch-Site} only to addresses that they trust.
   *
   * @param write whether the method changes something
   * @param host that {@link #allow} allowed
   * @param origin the header, or null
   * @param site the header {@code Sec-Fetch-Site}, or null
   * @param authorized whether there is a header {@code Authorization}, which browsers do not add
   */
  Optional<String> foreign(
      boolean write, String host, String origin, String site, boolean authorized) {
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return Optional.of("it came from a page of another server (Sec-Fetch-Site: " + site + ")");
    }
    if (origin != null) {
      boolean ownPage =
          origin.equalsIgnoreCase("https://" + host)
              || (!tls && origin.equalsIgnoreCase("http://" + host));
      return ownPage ? Optional.empty() : Optional.of("it came from a page of another server");
    }
    return write && !authorized
        ? Optional.of("it has neither an Origin nor an Authorization header")
        : Optional.empty();
  }
}
