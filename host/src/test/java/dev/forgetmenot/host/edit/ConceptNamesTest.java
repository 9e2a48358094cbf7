package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConceptNamesTest {
  private static final KnownConcepts WORDS =
      new KnownConcepts(
          List.of(
              new KnownConcepts.Phrase("soccer ball", "a soccer ball", ConceptType.OBJECT, ""),
              new KnownConcepts.Phrase("merlin", "merlin", ConceptType.IDENTITY, ""),
              new KnownConcepts.Phrase("cat", "a cat", ConceptType.OBJECT, "")),
          List.of("a person"));

  private static List<String> names(KnownConcepts vocabulary, boolean any, String... given) {
    try {
      return new ConceptNames(vocabulary, true, Operation.FORGET, any)
          .of(List.of(given), Optional.empty()).stream().map(Concept::name).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileHasANameALine(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("names.txt");
    Files.writeString(file, "# to be forgotten\nsoccer_ball\n\n  cat\n");
    assertThat(names(WORDS, false, "merlin", "@" + file))
        .containsExactly("merlin", "soccer ball", "cat");
    Files.writeString(file, "# none\n");
    assertThatThrownBy(() -> names(WORDS, false, "@" + file))
        .hasMessageContaining("names.txt names no concept; write one a line");
  }

  @Test
  void underscoresAndHyphensAreSpacesWhereThatIsKnown() {
    assertThat(names(WORDS, false, "soccer_ball")).containsExactly("soccer ball");
    assertThat(names(WORDS, false, "soccer-ball")).containsExactly("soccer ball");
    assertThat(names(KnownConcepts.EMPTY, false, "r2_d2")).containsExactly("r2_d2");
  }

  @Test
  void theSameConceptTwiceIsOne() {
    assertThat(names(WORDS, false, "merlin", "Merlin")).containsExactly("merlin");
    assertThat(names(WORDS, false, "cat", "a cat", "soccer_ball", "soccer ball"))
        .containsExactly("cat", "soccer ball");
    assertThat(names(KnownConcepts.EMPTY, false, "Van Gogh", "van gogh"))
        .containsExactly("Van Gogh");
  }

  @Test
  void aListIsSeveralArguments() {
    assertThatThrownBy(() -> names(KnownConcepts.EMPTY, false, "cat, dog, sea lion"))
        .hasMessageContaining("such as cat dog \"sea lion\"");
    assertThat(names(WORDS, true, "cat, dog")).containsExactly("cat, dog");
  }

  @Test
  void anIncompleteVocabularyQuestionsNothing() {
    ConceptNames names = new ConceptNames(WORDS, false, Operation.FORGET, false);
    assertThat(names.of("merln", Optional.empty()).name()).isEqualTo("merln");
    assertThat(names.of("soccer-ball", Optional.empty()).name()).isEqualTo("soccer ball");
    assertThat(names.of("merlin", Optional.empty()).kind()).isEqualTo(ConceptType.IDENTITY);
    assertThatThrownBy(() -> names.of("cat, dog", Optional.empty()))
        .hasMessageContaining("several arguments");
  }

  @Test
  void whatIsNotKnownIsQuestioned() {
    assertThatThrownBy(() -> names(WORDS, false, "merln"))
        .hasMessageContaining("did you mean merlin");
    assertThatThrownBy(() -> names(WORDS, false, "a photo of merlin"))
        .hasMessageContaining("did you mean merlin?");
    assertThat(names(WORDS, true, "merln")).containsExactly("merln");
    assertThat(names(WORDS, false, "person")).as("a general word").containsExactly("person");
  }

  @Test
  void longNamesMakeFileNamesThatFit() {
    String name =
        PatchName.fileName("forget", List.of(new Concept("ü".repeat(400), ConceptType.OBJECT)));
    assertThat(name.getBytes(StandardCharsets.UTF_8).length).isBetween(100, 150);
    assertThat(name).endsWith("ü.fmnpatch");
  }
}
