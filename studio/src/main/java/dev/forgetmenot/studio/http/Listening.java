package dev.forgetmenot.studio.http;

import java.net.InetAddress;
import java.security.KeyStore;
import java.util.Optional;
import java.util.Set;

/**
 * Where a server listens.
 *
 * @param address of this machine; the one that means all of them too
 * @param port 0 for any that is free
 * @param names under which it may be asked beside its addresses, with any port; lower case
 * @param tls what {@link TlsFiles} read; without it everyone on the way reads what is said
 */
public record Listening(InetAddress address, int port, Set<String> names, Optional<KeyStore> tls) {
  /** Copies the names. */
  public Listening {
    names = Set.copyOf(names);
  }
}
