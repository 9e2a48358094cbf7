package dev.forgetmenot.studio.http;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The names under which a server is asked. A page of another site whose name was made to lead to
 * this machine (DNS rebinding) asks under its own name and is refused.
 *
 * @param port of the server
 * @param more names that are allowed with any port, lower case
 */
record ServerNames(int port, Set<String> more) {
  private static final Set<String> LOCAL = Set.of("127.0.0.1", "localhost", "[::1]");

  ServerNames {
    more = Set.copyOf(more);
  }

  /** Whether a Host header names the server. */
  boolean allow(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    int colon = name.lastIndexOf(':');
    boolean hasPort = colon > name.lastIndexOf(']');
    String alone = hasPort ? name.substring(0, colon) : name;
    return more.contains(alone)
        || (LOCAL.contains(alone) && hasPort && name.substring(colon + 1).equals("" + port));
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
  static Optional<String> foreign(
      boolean write, String host, String origin, String site, boolean authorized) {
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return Optional.of("it came from a page of another server (Sec-Fetch-Site: " + site + ")");
    }
    if (origin != null) {
      boolean own =
          origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
      return own ? Optional.empty() : Optional.of("it came from a page of another server");
    }
    return write && !authorized
        ? Optional.of("it has neither an Origin nor an Authorization header")
        : Optional.empty();
  }
}
