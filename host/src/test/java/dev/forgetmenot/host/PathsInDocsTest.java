package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that pages name, and pages that they link to, are there. */
class PathsInDocsTest {
  private static final Path ROOT = GoldenFolders.inProject("CONTRIBUTING.md").getParent();
  private static final Pattern SOURCE = Pattern.compile("`([a-z-]+/src/[\\w/.-]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)[^)]*\\)");

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
              docs.filter(file -> file.toString().endsWith(".md")))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void exist(Path page) throws IOException {
    String text = Files.readString(page);
    assertThat(found(SOURCE, text)).allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
    assertThat(found(LINK, text))
        .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }
}
