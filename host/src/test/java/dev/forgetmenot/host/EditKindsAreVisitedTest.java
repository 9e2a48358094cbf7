package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Main code asks no edit for its class or kind: a visitor, or a switch expression over all kinds,
 * does not compile where a new kind is missing.
 */
class EditKindsAreVisitedTest {
  private static final Pattern TEST = test();

  @Test
  void thePatternFindsTestsOfKinds() {
    assertThat(TEST.matcher("if (edit instanceof DeltaEdit delta) {").find()).isTrue();
    assertThat(TEST.matcher("edit.content() instanceof TokensEdit.Descriptor;").find()).isTrue();
    assertThat(TEST.matcher("it instanceof EditDescriptor.OfTensors<?> named").find()).isTrue();
    assertThat(TEST.matcher("edit.kind().equals(EditKind.DELTA)").find()).isTrue();
    assertThat(TEST.matcher("edit.kind() != EditKind.ROWS").find()).isTrue();
    assertThat(TEST.matcher("EditKind.TOKENS == edit.kind()").find()).isTrue();
    assertThat(TEST.matcher("new Part(changed, EditKind.DELTA, 0)").find()).isFalse();
    assertThat(TEST.matcher("if (other instanceof Matrix) {").find()).isFalse();
  }

  @Test
  void mainCodeTestsNoKind() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    try (Stream<Path> modules =
        Files.list(GoldenFolders.inProject("testkit/pom.xml").getParent().getParent())) {
      for (Path main : modules.map(m -> m.resolve("src/main/java")).toList()) {
        if (Files.isDirectory(main)) {
          for (Path file : sources(main)) {
            files++;
            TEST.matcher(Files.readString(file))
                .results()
                .forEach(match -> found.add(file.getFileName() + ": " + match.group()));
          }
        }
      }
    }
    assertThat(files).isGreaterThan(300);
    assertThat(found).isEmpty();
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static Pattern test() {
    String edits =
        leaves(PatchEdit.class)
            .flatMap(edit -> Stream.of(edit, edit + "\\.Descriptor"))
            .collect(Collectors.joining("|"));
    String kinds =
        Arrays.stream(EditKind.values()).map(EditKind::name).collect(Collectors.joining("|"));
    return Pattern.compile(
        ("instanceof\\s+(final\\s+)?(EditDescriptor\\.OfTensors|" + edits + ")\\b")
            + "|\\bkind\\(\\)\\s*\\.equals\\("
            + ("|[!=]=\\s*EditKind\\.(" + kinds + ")\\b")
            + ("|\\bEditKind\\.(" + kinds + ")\\s*([!=]=|\\.equals\\()"));
  }

  private static Stream<String> leaves(Class<?> sealed) {
    return Arrays.stream(sealed.getPermittedSubclasses()).map(Class::getSimpleName);
  }
}
