package dev.forgetmenot.studio.page;

import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page and what it loads, from jars, by a fixed table: no path of a request becomes the name of
 * a file. Anyone may read them; they hold nothing of the user. A browser is told to run their own
 * scripts and to ask this server, and nothing else.
 */
public final class PageFiles implements Api {
  private static final String OWN = "/dev/forgetmenot/studio/page/";
  private static final String PREACT = "/META-INF/resources/webjars/preact/10.26.4/";
  private static final String HTM = "/META-INF/resources/_static/htm/3.1.1/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final Pattern INLINE =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

  private static final List<String> SCRIPTS =
      List.of("app", "draw", "patches", "grid", "edit", "evaluate", "wipe", "server", "parts");

  private static final Map<String, File> FILES = new LinkedHashMap<>();

  static {
    FILES.put("/", new File(OWN + "index.html", "text/html; charset=utf-8"));
    FILES.put("/page/style.css", new File(OWN + "style.css", "text/css; charset=utf-8"));
    FILES.put("/page/icon.svg", new File(OWN + "icon.svg", "image/svg+xml"));
    for (String script : SCRIPTS) {
      FILES.put("/page/" + script + ".js", new File(OWN + script + ".js", SCRIPT));
    }
    FILES.put("/page/preact.js", new File(PREACT + "dist/preact.module.js", SCRIPT));
    FILES.put("/page/hooks.js", new File(PREACT + "hooks/dist/hooks.module.js", SCRIPT));
    FILES.put("/page/htm.js", new File(HTM + "dist/htm.module.js", SCRIPT));
  }

  private final List<Route> routes = new ArrayList<>();

  /** A file in a jar and the type of its content. */
  private record File(String resource, String type) {}

  /**
   * Reads the files.
   *
   * @throws IOException if one is missing
   */
  public PageFiles() throws IOException {
    for (Map.Entry<String, File> one : FILES.entrySet()) {
      byte[] bytes = read(one.getValue().resource());
      HttpAnswer file = HttpAnswer.bytes(one.getValue().type(), bytes);
      HttpAnswer answer =
          one.getKey().equals("/") ? file.with("Content-Security-Policy", policy(bytes)) : file;
      routes.add(Route.of("GET", one.getKey(), call -> answer).forAnyone());
    }
  }

  private static byte[] read(String resource) throws IOException {
    try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the program lacks " + resource + ", which its page needs");
      }
      return in.readAllBytes();
    }
  }

  /** The import map is the one script that cannot be a file of its own: its hash names it. */
  private static String policy(byte[] page) {
    Matcher inline = INLINE.matcher(new String(page, StandardCharsets.UTF_8));
    StringBuilder scripts = new StringBuilder("script-src 'self'");
    while (inline.find()) {
      scripts.append(" 'sha256-").append(hash(inline.group(1))).append('\'');
    }
    return "default-src 'none'; "
        + scripts
        + "; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none';"
        + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
        + " trusted-types 'none'";
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java lacks SHA-256", e);
    }
  }

  @Override
  public String prefix() {
    return "/";
  }

  @Override
  public List<Route> routes() {
    return routes;
  }

  @Override
  public HttpAnswer refusal(HttpProblem problem) {
    byte[] sentence = (problem.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
    return new HttpAnswer(
        problem.status(), "text/plain; charset=utf-8", sentence, problem.headers());
  }
}
