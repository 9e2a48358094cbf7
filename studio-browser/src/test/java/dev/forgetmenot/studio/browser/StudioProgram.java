package dev.forgetmenot.studio.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code fmn studio} of the unpacked program, in a process of its own. */
final class StudioProgram implements AutoCloseable {
  private static final Pattern ADDRESS =
      Pattern.compile("(http://127\\.0\\.0\\.1:(\\d+)/)#token=([\\w-]{43})");

  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final List<String> ENDED = List.of("done", "failed", "cancelled", "interrupted");

  private final Process process;
  private final String site;
  private final int port;
  private final String token;

  private StudioProgram(Process process, Matcher said) {
    this.process = process;
    site = said.group(1);
    port = Integer.parseInt(said.group(2));
    token = said.group(3);
  }

  /**
   * Starts it and waits for its address, not for its model.
   *
   * @param folder gets its state, its log and what it would keep in the folders of the user
   * @param port where to listen; 0 for any that is free
   * @param more options, such as a model in place of the embedded one
   */
  static StudioProgram start(Path folder, int port, String... more) throws Exception {
    Path program = Path.of(System.getProperty("fmn.program"), "bin", "fmn");
    assertThat(program).as("the unpacked program, which `mvn package` makes").exists();
    Path log = Files.createTempFile(folder, "studio", ".log");
    ProcessBuilder command =
        new ProcessBuilder(
            program.toString(),
            "studio",
            "--no-open",
            "--port",
            String.valueOf(port),
            "--state",
            folder.resolve("state").toString(),
            "--prototypes", // of the second judge, for which hundreds of images are drawn
            "0");
    command.command().addAll(List.of(more));
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    command
        .environment()
        .put("FMN_JAVA_OPTS", "-Dfmn.trust=" + folder.resolve("settings/trust.json"));
    command.environment().put("FMN_STORE", folder.resolve("store").toString());
    command.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process = command.start();
    process.getOutputStream().close();
    long latest = System.nanoTime() + LONGEST.toNanos();
    while (process.isAlive() && System.nanoTime() < latest) {
      Matcher said = ADDRESS.matcher(Files.readString(log));
      if (said.find()) {
        return new StudioProgram(process, said);
      }
      Thread.sleep(20);
    }
    process.destroyForcibly();
    throw new AssertionError("fmn studio said no address:\n" + Files.readString(log));
  }

  /** Where the page is, without the token. */
  String site() {
    return site;
  }

  int port() {
    return port;
  }

  String token() {
    return token;
  }

  /** Asks the API as a program with the token does; what is refused fails. */
  HttpResponse<byte[]> ask(String method, String path, String type, byte[] body) throws Exception {
    HttpResponse<byte[]> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(site + "api/v1/" + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isLessThan(300);
    return answer;
  }

  void remove(String path) throws Exception {
    ask("DELETE", path, "", new byte[0]);
  }

  JsonObject get(String path) throws Exception {
    return json(ask("GET", path, "application/json", new byte[0]));
  }

  /** All jobs that there are, the newest first. */
  List<JsonElement> jobs() throws Exception {
    return get("jobs").getAsJsonArray("jobs").asList();
  }

  /** Does a job to its end, with success, once there is a model. */
  JsonObject done(String request) throws Exception {
    until("status", one -> one.getAsJsonObject("model").get("state").getAsString().equals("ready"));
    byte[] body = request.getBytes(StandardCharsets.UTF_8);
    String id = json(ask("POST", "jobs", "application/json", body)).get("id").getAsString();
    JsonObject job = until("jobs/" + id, one -> ENDED.contains(one.get("state").getAsString()));
    assertThat(job.get("state").getAsString()).as("%s", job).isEqualTo("done");
    return job;
  }

  /** Asks again and again until an answer is as it should be. */
  JsonObject until(String path, Predicate<JsonObject> right) throws Exception {
    long latest = System.nanoTime() + LONGEST.toNanos();
    JsonObject answer = get(path);
    while (!right.test(answer)) {
      assertThat(System.nanoTime()).as("%s in time: %s", path, answer).isLessThan(latest);
      Thread.sleep(50);
      answer = get(path);
    }
    return answer;
  }

  private static JsonObject json(HttpResponse<byte[]> answer) {
    return JsonParser.parseString(new String(answer.body(), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }

  /** Ends it as Ctrl-C does. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    } finally {
      process.destroyForcibly();
    }
  }
}
