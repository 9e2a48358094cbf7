package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Main code speaks the language of the field: what messages never say, and no other word for image.
 */
class PlainWordsTest {
  private static final Pattern FORBIDDEN =
      Pattern.compile("(?i)nobody|somebody|passed over|taken over|is no picture");

  private static final Pattern OTHER_WORD = Pattern.compile("(?i)\\w*picture\\w*");

  /** Names of options, settings and keys before 3.0, which are still read. */
  private static final Set<String> FORMER =
      Set.of(
          "pictures",
          "--pictures",
          "--report-pictures",
          "trial-pictures",
          "pictures-from",
          "picture-digests");

  private static List<String> forbidden(String source) {
    return MainCode.literals(source).stream()
        .filter(text -> FORBIDDEN.matcher(text).find() || isOtherWord(text))
        .toList();
  }

  private static boolean isOtherWord(String text) {
    return OTHER_WORD.matcher(text).find() && !FORMER.contains(text);
  }

  private static List<String> identifiers(String source) {
    List<String> found = new ArrayList<>();
    Matcher word = OTHER_WORD.matcher(MainCode.code(source));
    while (word.find()) {
      found.add(word.group());
    }
    return found;
  }

  @Test
  void textsOfMainCodeUsePlainWords() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : MainCode.files()) {
      for (String text : forbidden(Files.readString(file))) {
        found.add(file.getFileName() + ": " + text);
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void identifiersOfMainCodeSayImage() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : MainCode.files()) {
      for (String name : identifiers(Files.readString(file))) {
        found.add(file.getFileName() + ": " + name);
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void whatIsForbiddenIsFound() {
    String source =
        """
        // nobody reads pictures here
        String a = "nobody knows"; String b = "it was Passed over, \\"so\\"";
        String c = "is no picture", d = "two pictures", e = "pictures"; char f = '"';
        int pictureCount = a.length(); /* somebody */ toPictures();
        """;
    assertThat(forbidden(source)).hasSize(4).doesNotContain("pictures");
    assertThat(identifiers(source)).containsExactly("pictureCount", "toPictures");
  }
}
