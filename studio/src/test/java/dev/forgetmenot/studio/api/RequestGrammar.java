package dev.forgetmenot.studio.api;

import dev.forgetmenot.studio.http.Route;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Requests at random: most are nearly right, so that they get past the first check. The same seed
 * gives the same requests.
 */
final class RequestGrammar {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "G\0T");

  private static final List<String> IDS =
      List.of(
          "", "01", "..", "%2e%2e", "x.png", "%00", "%ff", "a%20b", "%E2%82%AC", "\\", ";", "*");

  private static final List<String> QUERIES =
      List.of(
          "limit=1",
          "limit=0",
          "limit=-1",
          "limit=9999999999",
          "limit=%",
          "limit=%ff",
          "limit=",
          "limit",
          "before=zzz",
          "before=",
          "before=%00",
          "state=done",
          "state=nothing",
          "kind=draw",
          "operation=forget",
          "operation=%",
          "skip_current_image=true",
          "=",
          "&&",
          "a=b=c&a=d",
          "%E0%A4%A",
          "+");

  private static final List<String> TYPES =
      List.of(
          "application/json",
          "application/json; charset=utf-8",
          "APPLICATION/JSON",
          "application/octet-stream",
          "text/plain",
          "multipart/form-data; boundary=a",
          "application/x-www-form-urlencoded",
          ";",
          "\"");

  private static final List<String> HEADERS =
      List.of(
          "Idempotency-Key: k",
          "Idempotency-Key: \u00e4",
          "Idempotency-Key: ",
          "Last-Event-ID: e-1",
          "Last-Event-ID: -",
          "Origin: http://127.0.0.1:7860",
          "Origin: null",
          "Sec-Fetch-Site: same-origin",
          "Sec-Fetch-Site: cross-site",
          "Cookie: fmn-7860=x",
          "Cookie: ;;=;\"",
          "Content-Encoding: gzip",
          "Accept-Encoding: gzip",
          "Range: bytes=0-1",
          "If-None-Match: *",
          "Expect: 100-continue",
          "Expect: nothing",
          "Connection: close",
          "Upgrade: websocket",
          "Transfer-Encoding: gzip",
          "Host: 127.0.0.1:7860",
          "X-Forwarded-For: 1.2.3.4",
          "X: " + "a".repeat(9000),
          "X",
          ": x",
          " folded");

  private static final List<String> KEYS =
      List.of(
          "kind",
          "prompt",
          "negativePrompt",
          "sampler",
          "steps",
          "guidance",
          "width",
          "height",
          "seed",
          "count",
          "clipSkip",
          "secondPrompt",
          "originalWidth",
          "originalHeight",
          "cropLeft",
          "concepts",
          "type",
          "method",
          "settings",
          "anyName",
          "report",
          "dryRun",
          "patches",
          "id",
          "strength",
          "name",
          "token",
          "init_images",
          "mask",
          "image",
          "sampler_name",
          "scheduler",
          "cfg_scale",
          "batch_size",
          "n_iter",
          "denoising_strength",
          "override_settings",
          "enable_hr",
          "styles",
          "alwayson_scripts",
          "sd_model_checkpoint",
          "send_images",
          "subseed",
          "",
          "__proto__",
          "\\u0000");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "1",
          "2.5",
          "1e400",
          "-0",
          "99999999999999999999",
          "9007199254740993",
          "\"\"",
          "\"a fox\"",
          "\"draw\"",
          "\"forget\"",
          "\"correct\"",
          "\"stack\"",
          "\"ddim\"",
          "\"Euler a\"",
          "\"-1\"",
          "\"NaN\"",
          "\"true\"",
          "\"secret\"",
          "\"9223372036854775808\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"<lora:x:1>\"",
          "\"(((((:1.5)\"",
          "\"../..\"",
          "\"http://127.0.0.1/\"",
          "\"data:image/png;base64,iVBO\"",
          "\"emoji\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "[\"a\"]",
          "[{}]",
          "{\"steps\":1}",
          "[{\"id\":\"01\",\"strength\":1}]",
          "NaN",
          "'a'",
          "//",
          "\"unclosed");

  private static final List<String> BEGINNINGS =
      List.of(
          "\"kind\":\"draw\",\"prompt\":\"a fox\",",
          "\"kind\":\"draw\",",
          "\"kind\":\"stack\",\"patches\":[{\"id\":\"01\",\"strength\":1}],",
          "\"kind\":\"forget\",\"concepts\":[\"a\"],",
          "\"prompt\":\"a fox\",",
          "\"init_images\":[\"bm8=\"],");

  private final Random random;
  private final List<Route> routes;
  private String id = "01"; // of something that the server made

  RequestGrammar(long seed, List<Route> routes) {
    random = new Random(seed);
    this.routes = routes;
  }

  /** What later requests may name. */
  void made(String newId) {
    id = newId;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean in(int times) {
    return random.nextInt(times) == 0;
  }

  /** The next request, whole. */
  byte[] next() {
    Route route = one(routes);
    String method = in(12) ? one(METHODS) : route.method();
    byte[] body = method.equals("GET") && !in(20) ? new byte[0] : body();
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path(route)).append(in(200) ? " HTTP/1.0" : " HTTP/1.1");
    head.append("\r\n");
    if (!in(100)) {
      head.append("Host: ").append(in(50) ? "evil.example" : "127.0.0.1:7860").append("\r\n");
    }
    if (!in(4000)) { // a wrong token slows further ones down
      head.append("Authorization: Bearer secret\r\n");
    }
    if (!in(15)) {
      head.append("Content-Type: ").append(in(6) ? one(TYPES) : route.body()).append("\r\n");
    }
    for (int i = in(4) ? 1 + random.nextInt(3) : 0; i > 0; i--) {
      head.append(one(HEADERS)).append("\r\n");
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    boolean chunked = in(25);
    head.append(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length(body));
    head.append("\r\n\r\n");
    if (chunked) {
      head.append(Integer.toHexString(body.length)).append(in(10) ? ";x=y" : "").append("\r\n");
    }
    all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    if (chunked) {
      all.writeBytes(
          (body.length == 0 ? "\r\n" : "\r\n0\r\n\r\n").getBytes(StandardCharsets.UTF_8));
    }
    return all.toByteArray();
  }

  /** Mostly right, and never more than comes by much. */
  private String length(byte[] body) {
    if (in(100)) {
      return one(List.of("-1", "x", "", "99999999999", "0", "1048577", "+1"));
    }
    return Integer.toString(body.length);
  }

  private String path(Route route) {
    String path = route.path().replace("{id}", in(3) ? one(IDS) : id);
    if (in(30)) {
      int at = random.nextInt(path.length() + 1);
      String put = one(List.of("/", "%2f", "..", "%00", "é", "%", "//", ";a", "\\", "#", " "));
      path = path.substring(0, at) + put + path.substring(at);
    }
    return in(5) ? path + "?" + one(QUERIES) + (in(3) ? "&" + one(QUERIES) : "") : path;
  }

  private byte[] body() {
    if (in(4)) {
      return "{\"kind\":\"draw\",\"prompt\":\"a fox\"}".getBytes(StandardCharsets.UTF_8);
    }
    if (in(15)) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      return bytes;
    }
    if (in(60)) {
      return ("{\"a\":".repeat(20) + "1" + "}".repeat(20)).getBytes(StandardCharsets.UTF_8);
    }
    StringBuilder json = new StringBuilder("{");
    if (in(2)) {
      json.append(one(BEGINNINGS));
    }
    int most = in(2) ? 0 : random.nextInt(6);
    for (int i = most; i >= 0; i--) {
      String value = in(400) ? "\"" + "x".repeat(9000) + "\"" : one(VALUES);
      json.append('"').append(one(KEYS)).append("\":").append(value).append(i == 0 ? "" : ",");
    }
    json.append('}');
    int end = in(25) ? random.nextInt(json.length()) : json.length();
    return json.substring(0, end).getBytes(StandardCharsets.UTF_8);
  }
}
