package dev.forgetmenot.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** NOTICE names every library that is shipped, because it is generated from the tree of them. */
class NoticeTest {
  private static final Path NOTICE = Path.of("../NOTICE");
  private static final Path HEAD = Path.of("src/notice/NOTICE.head");
  private static final Path LIBRARIES = Path.of("target/generated-sources/license/THIRD-PARTY.txt");

  @Test
  void noticeIsTheHandWrittenPartAndTheGeneratedList() throws IOException {
    String expected = Files.readString(HEAD) + String.join("\n", libraries()) + "\n";
    if (Boolean.getBoolean("fmn.notice.write")) {
      Files.writeString(NOTICE, expected);
    }
    assertThat(NOTICE)
        .as("NOTICE is out of date: see its last heading for the command")
        .hasContent(expected);
  }

  @Test
  void everyJarInTheListIsNamedOnce() throws IOException {
    assertThat(libraries())
        .doesNotHaveDuplicates()
        .anyMatch(line -> line.startsWith("ai.djl.pytorch:pytorch-native-cpu "))
        .noneMatch(line -> line.startsWith("dev.forgetmenot:"));
  }

  /** The generated lines, sorted: the order of a dependency tree is no promise. */
  private static List<String> libraries() throws IOException {
    try (Stream<String> lines = Files.lines(LIBRARIES)) {
      return lines.filter(line -> !line.isBlank()).sorted().toList();
    }
  }
}
