package dev.forgetmenot.oci;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a server answers.
 *
 * @param scheme {@code https} or {@code http}
 * @param host lower case; an address of IPv6 in brackets
 * @param port as it is connected to
 */
record Origin(String scheme, String host, int port) {
  static final String HTTPS = "https";
  static final String HTTP = "http";

  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

  /** Suffixes such as co.uk, under which strangers have names. */
  private static final Pattern OF_A_COUNTRY = Pattern.compile("[^.]{1,3}\\.[^.]{2}");

  /** An origin whose port is the scheme's where none is named (-1). */
  Origin {
    host = host.toLowerCase(Locale.ROOT);
    if (port < 0) {
      port = scheme.equals(HTTPS) ? HTTPS_PORT : HTTP_PORT;
    }
  }

  /** The origin of an address with a host. */
  static Origin of(URI address) {
    return new Origin(
        address.getScheme().toLowerCase(Locale.ROOT), address.getHost(), address.getPort());
  }

  /** Whether an address is complete, and of HTTP with or without TLS. */
  static boolean isOneOf(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    return (scheme.equals(HTTPS) || scheme.equals(HTTP))
        && address.getHost() != null
        && address.getUserInfo() == null;
  }

  /** The address of a path of this server. */
  URI at(String path) {
    return URI.create(this + path);
  }

  /** Whether what is said is encrypted or does not leave this machine. */
  boolean isPrivate() {
    return scheme.equals(HTTPS) || isLoopback();
  }

  /** Whether it is this machine by its name, without asking for the name's address. */
  boolean isLoopback() {
    return LOOPBACK.matcher(host).matches();
  }

  /**
   * Whether another host is of the same site: the same, its parent, a child or a sibling, under
   * names that one owner has. Without a list of all public suffixes; where it is in doubt it says
   * no.
   */
  boolean isSiteOf(Origin other) {
    String one = parent(host);
    String two = parent(other.host);
    return host.equals(other.host)
        || one.equals(other.host)
        || two.equals(host)
        || (!one.isEmpty() && one.equals(two));
  }

  /** What a name is under, if one owner has that; else empty. */
  private static String parent(String name) {
    String parent = name.substring(name.indexOf('.') + 1);
    boolean owned =
        !ADDRESS.matcher(name).matches()
            && parent.length() < name.length()
            && parent.contains(".")
            && !OF_A_COUNTRY.matcher(parent).matches();
    return owned ? parent : "";
  }

  /** Whether the host has an address of this machine or of the network that it is in. */
  boolean isInside() {
    try {
      return Stream.of(InetAddress.getAllByName(host)).anyMatch(Origin::isInside);
    } catch (UnknownHostException e) {
      return false; // the connection will say so
    }
  }

  private static boolean isInside(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean unique = bytes.length > 4 && (bytes[0] & 0xfe) == 0xfc; // fc00::/7
    return unique
        || address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress();
  }

  /** As in an address, with the port where it is not the scheme's own. */
  @Override
  public String toString() {
    boolean usual = port == (scheme.equals(HTTPS) ? HTTPS_PORT : HTTP_PORT);
    return scheme + "://" + host + (usual ? "" : ":" + port);
  }
}
