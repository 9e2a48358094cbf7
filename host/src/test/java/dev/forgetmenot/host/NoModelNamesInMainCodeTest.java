package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.host.evaluate.VocabularyFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a model can draw is data: main code names no concept, no prompt of one, and no model. */
class NoModelNamesInMainCodeTest {
  /** The one place where the demo's choices are made. */
  private static final String DEFAULTS = "DemoDefaults.java";

  /** The sample that corrects and forgets on the model that comes with the program. */
  private static final String SAMPLE = "CorrectAndForget.java";

  @Test
  void textsOfMainCodeNameNoConcept() throws IOException {
    List<String> found = new ArrayList<>();
    Pattern names = names();
    for (Path file : mainCode()) {
      for (String text : MainCode.literals(Files.readString(file))) {
        Matcher name = names.matcher(text);
        if (name.find()) {
          found.add(file.getFileName() + ": \"" + text + "\" names " + name.group());
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void theDefaultsOfTheDemoDo() throws IOException {
    Path defaults =
        GoldenFolders.inProject("host/src/main/java/dev/forgetmenot/host/demo/" + DEFAULTS);
    assertThat(names().matcher(Files.readString(defaults)).find()).isTrue();
  }

  /** Identities, general words and the model's name: words that are no ordinary words of code. */
  private static Pattern names() throws IOException {
    String model = EmbeddedModel.folder().getFileName().toString();
    Stream<String> phrases =
        VocabularyFile.of(EmbeddedModel.folder()).ofStyle(false).stream()
            .map(KnownConcepts.Phrase::phrase);
    String alternatives =
        Stream.concat(phrases, Stream.of("wizard", "vampire", "emoji", model))
            .filter(phrase -> !phrase.equals("fire") && !phrase.equals("a key"))
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile("(?i)\\b(" + alternatives + ")\\b");
  }

  private static List<Path> mainCode() throws IOException {
    return MainCode.files().stream()
        .filter(file -> !file.endsWith(DEFAULTS) && !file.endsWith(SAMPLE))
        .toList();
  }
}
