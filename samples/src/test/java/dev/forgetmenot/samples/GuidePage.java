package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of docs whose Java is compiled and run: each block is a part of a source, between {@code
 * begin} and {@code end}. After a change of one, {@code -Dfmn.guide.write=true} writes the blocks
 * of the page anew.
 */
final class GuidePage {
  private static final Pattern PART =
      Pattern.compile("(?ms)^ *// begin: ([a-z]+)\n(.*?)^ *// end$");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^<!-- (\\w+ of \\w+) -->\n```java\n(.*?)^```$");

  private GuidePage() {}

  /** Without common indentation; an empty last line would count as one without any. */
  private static String block(String source) {
    return source.stripTrailing().stripIndent() + "\n";
  }

  /** That a page shows all parts of the sources, and no other Java. */
  static void showsWhatRuns(String name, List<String> sources) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    for (String source : sources) {
      Path file = GoldenFolders.inProject(source);
      String owner = file.getFileName().toString().replace(".java", "");
      PART.matcher(Files.readString(file))
          .results()
          .forEach(part -> parts.put(part.group(1) + " of " + owner, block(part.group(2))));
    }
    Path file = GoldenFolders.inProject(name);
    String page = Files.readString(file);
    if (Boolean.getBoolean("fmn.guide.write")) {
      page =
          BLOCK
              .matcher(page)
              .replaceAll(
                  block ->
                      Matcher.quoteReplacement(
                          "<!-- "
                              + block.group(1)
                              + " -->\n```java\n"
                              + parts.get(block.group(1))
                              + "```"));
      Files.writeString(file, page);
    }
    Map<String, String> shown = new TreeMap<>();
    BLOCK.matcher(page).results().forEach(block -> shown.put(block.group(1), block.group(2)));
    assertThat(shown).isNotEmpty().isEqualTo(parts);
    assertThat(page.lines().filter("```java"::equals)).as("no other Java").hasSize(shown.size());
  }
}
