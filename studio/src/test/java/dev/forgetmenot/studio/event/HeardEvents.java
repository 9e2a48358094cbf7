package dev.forgetmenot.studio.event;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a listener hears, read from a socket as the standard says. HTTP/1.0, so that the body has no
 * chunks.
 */
public final class HeardEvents implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader lines;
  private final List<String> head = new ArrayList<>();
  private int beats;

  /** Begins to listen with the token {@code secret}; waits for the head of the answer. */
  public HeardEvents(int port, String headers) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    String request =
        "GET /api/v1/events HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer secret\r\n%s\r\n";
    socket
        .getOutputStream()
        .write(request.formatted(port, headers).getBytes(StandardCharsets.UTF_8));
    lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
      head.add(line);
    }
  }

  /**
   * An event.
   *
   * @param id empty if it has none
   */
  public record Event(String id, String name, JsonObject data) {}

  /** The status and the headers of the answer. */
  public List<String> head() {
    return head;
  }

  /** How many lines said nothing. */
  public int beats() {
    return beats;
  }

  /**
   * Waits for the next event.
   *
   * @throws EOFException if the answer ended
   */
  public Event next() throws IOException {
    String id = "";
    String name = "";
    String data = "";
    while (true) {
      String line = lines.readLine();
      if (line == null) {
        throw new EOFException("the answer ended");
      }
      int colon = line.indexOf(": ");
      String value = colon < 0 ? "" : line.substring(colon + 2);
      if (line.startsWith("id: ")) {
        id = value;
      } else if (line.startsWith("event: ")) {
        name = value;
      } else if (line.startsWith("data: ")) {
        data += value;
      } else if (line.equals(":")) {
        beats++;
      } else if (line.isEmpty() && !data.isEmpty()) {
        return new Event(id, name, JsonParser.parseString(data).getAsJsonObject());
      } else if (!line.isEmpty() && !line.startsWith("retry: ")) {
        throw new IOException("no line of an event: " + line);
      }
    }
  }

  /** All events up to one of a name, with it. */
  public List<Event> until(String name) throws IOException {
    List<Event> heard = new ArrayList<>();
    do {
      heard.add(next());
    } while (!heard.get(heard.size() - 1).name().equals(name));
    return heard;
  }

  /** All events up to the one that says that a job has a state, with it. */
  public List<Event> untilJob(String state) throws IOException {
    List<Event> heard = new ArrayList<>();
    do {
      heard.addAll(until("job"));
    } while (!heard.get(heard.size() - 1).data().get("state").getAsString().equals(state));
    return heard;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
