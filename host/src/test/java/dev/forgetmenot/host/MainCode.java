package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sources of all modules that users run. */
final class MainCode {
  /** Comments, text blocks, strings and characters: what is not an identifier. */
  private static final Pattern WORDS =
      Pattern.compile(
          "/\\*[\\s\\S]*?\\*/|//[^\\n]*+|\"\"\"[\\s\\S]*?\"\"\""
              + "|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\"|'(?:\\\\.|[^'\\\\\\n])++'");

  private MainCode() {}

  static List<Path> files() throws IOException {
    Path root = GoldenFolders.inProject("host/pom.xml").getParent().getParent();
    List<Path> files = new ArrayList<>();
    try (var modules = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (Path module : modules) {
        Path sources = module.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          try (Stream<Path> walk = Files.walk(sources)) {
            walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
          }
        }
      }
    }
    assertThat(files).hasSizeGreaterThan(100);
    return files;
  }

  /** The texts of a source, without their quotes. */
  static List<String> literals(String source) {
    List<String> literals = new ArrayList<>();
    Matcher words = WORDS.matcher(source);
    while (words.find()) {
      String word = words.group();
      if (word.startsWith("\"")) {
        literals.add(word.substring(1, word.length() - 1));
      }
    }
    return literals;
  }

  /** A source without comments and texts. */
  static String code(String source) {
    return WORDS.matcher(source).replaceAll(" ");
  }
}
