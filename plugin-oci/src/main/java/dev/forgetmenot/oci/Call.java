package dev.forgetmenot.oci;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;

/**
 * One question to a server.
 *
 * @param method GET, HEAD, POST or PUT
 * @param address where
 * @param headers beside those of credentials
 * @param body what is sent; may be sent again
 * @param largest most bytes of a body of a good answer
 * @param sink gets the body of a good answer; it is asked for one at each try
 */
record Call(
    String method,
    URI address,
    Map<String, String> headers,
    BodyPublisher body,
    long largest,
    ByteSink.Source sink) {

  /** What a server may say beside what was asked for. */
  static final int SMALL = 64 << 10;

  /** Without a body to send. */
  static Call of(String method, URI address, int largest) {
    return new Call(
        method, address, Map.of(), BodyPublishers.noBody(), largest, ByteSink.Memory::new);
  }

  /** The same with a header. */
  Call with(String header, String value) {
    return new Call(method, address, Map.of(header, value), body, largest, sink);
  }

  /** The same with bytes to send. */
  Call sending(BodyPublisher bytes) {
    return new Call(method, address, headers, bytes, largest, sink);
  }

  /** The same elsewhere. */
  Call to(URI other) {
    return new Call(method, other, headers, body, largest, sink);
  }

  /** The same with another place for the answer. */
  Call into(long most, ByteSink.Source place) {
    return new Call(method, address, headers, body, most, place);
  }
}
