package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What words mean as a prompt says them. */
class PromptPhraseTest {
  private static final KnownConcepts VOCABULARY =
      new KnownConcepts(
          List.of(
              new KnownConcepts.Phrase("owl", "an owl", ConceptType.OBJECT, "animal"),
              new KnownConcepts.Phrase("person", "some person", ConceptType.OBJECT, "")),
          List.of("an animal", "a piece of fruit", "a person", "food"));

  @ParameterizedTest
  @CsvSource({
    "owl, an owl, owl",
    "An Owl, an owl, owl",
    "animal, an animal, animal",
    "an animal, an animal, animal",
    "the Animal, an animal, animal",
    "' animal ', an animal, animal",
    "piece of fruit, a piece of fruit, piece of fruit",
    "food, food, food",
    "person, some person, person", // a thing of the vocabulary comes before a general word
    "wug, wug, wug",
    "a wug, a wug, wug",
    "'', '', ''",
  })
  void generalWordsGetTheirArticle(String said, String phrase, String word) {
    assertThat(PromptPhrase.of(said, VOCABULARY)).isEqualTo(new PromptPhrase(phrase, word));
  }
}
