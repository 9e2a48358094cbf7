package dev.forgetmenot.oci;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.net.URI;

/**
 * Where a registry sends one to: within itself, or for the bytes of a blob, which are compared with
 * their digest, to another server by HTTPS.
 */
final class Redirect {
  /** Most of them in a row. */
  static final int MOST = 5;

  private Redirect() {}

  /**
   * The address that the header Location names, within the registry.
   *
   * @throws RemoteFailure if it is elsewhere
   */
  static URI within(Origin registry, Answer answer) throws RemoteFailure {
    URI target = target(registry, answer);
    if (!Origin.of(target).equals(registry)) {
      throw new RemoteFailure(
          Message.of(
              "%s sends to %s for this, and expected was an address of its own: it was not followed",
              registry, Origin.of(target)));
    }
    return target;
  }

  /**
   * The address that the header Location names, for a blob.
   *
   * @throws RemoteFailure if it is elsewhere without HTTPS, or in a network that the registry is
   *     not in
   */
  static URI ofBlob(Origin registry, Answer answer) throws RemoteFailure {
    URI target = target(registry, answer);
    Origin there = Origin.of(target);
    if (there.equals(registry)) {
      return target;
    }
    boolean encrypted = there.scheme().equals(Origin.HTTPS);
    if (!encrypted && !(there.isLoopback() && registry.isLoopback())) {
      throw new RemoteFailure(
          Message.of(
              "%s sends to %s for the file, which is another server without HTTPS: it was not"
                  + " followed",
              registry, there));
    }
    if (there.isInside() && !registry.isInside()) {
      throw new RemoteFailure(
          Message.of(
              "%s sends to %s for the file, which is in this machine's own network and the registry"
                  + " is not: it was not followed",
              registry, there));
    }
    return target;
  }

  private static URI target(Origin registry, Answer answer) throws RemoteFailure {
    String location = answer.header("Location");
    try {
      URI target = answer.from().resolve(location);
      if (!location.isEmpty() && Origin.isOneOf(target)) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new RemoteFailure(
        Message.of(
            "%s sends to '%s', which is no address of HTTP: this is not how a registry answers",
            registry, location));
  }
}
