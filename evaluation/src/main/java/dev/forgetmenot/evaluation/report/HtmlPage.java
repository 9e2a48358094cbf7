package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.body;
import static j2html.TagCreator.document;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.script;
import static j2html.TagCreator.section;
import static j2html.TagCreator.style;
import static j2html.TagCreator.title;

import dev.forgetmenot.files.Message;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * One file that works without a network: its style and its script stand in it, and its policy lets
 * the browser use these two and images of the file, nothing else.
 */
final class HtmlPage {
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");

  private HtmlPage() {}

  /**
   * The bytes of a page.
   *
   * @param name its title
   * @param data JSON for the script, without {@code <}; "" for a page without a script
   * @param content of the body
   */
  static byte[] bytes(String name, String data, List<DomContent> content) {
    boolean scripted = !data.isEmpty();
    String policy =
        Message.of(
            "default-src 'none'; img-src data:; style-src '%s'; script-src %s; base-uri 'none'; form-action 'none'",
            digest(STYLE), scripted ? "'" + digest(SCRIPT) + "'" : "'none'");
    var all = body().with(content);
    if (scripted) {
      all.with(
          script(rawHtml(data)).withType("application/json").withId("data"),
          script(rawHtml(SCRIPT)));
    }
    return document(
            html(
                    head(
                        meta().attr("charset", "utf-8"),
                        meta().attr("http-equiv", "Content-Security-Policy").withContent(policy),
                        meta()
                            .withName("viewport")
                            .withContent("width=device-width, initial-scale=1"),
                        meta().withName("color-scheme").withContent("light dark"),
                        title(name),
                        style(rawHtml(STYLE))),
                    all)
                .withLang("en"))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A page of tables, without a script. */
  static byte[] ofTables(String name, List<TextTable> tables) {
    return bytes(
        name,
        "",
        List.of(
            header(h1(name)),
            main(each(tables, table -> section(each(table.html(), part -> part))))));
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
