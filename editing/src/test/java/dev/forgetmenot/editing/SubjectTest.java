package dev.forgetmenot.editing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.Vocabulary;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What words mean as a prompt says them. */
class SubjectTest {
  private static final Vocabulary VOCABULARY =
      new Vocabulary(
          List.of(
              new Vocabulary.Phrase("owl", "an owl", Kind.OBJECT, "animal"),
              new Vocabulary.Phrase("person", "some person", Kind.OBJECT, "")),
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
    assertThat(Subject.of(said, VOCABULARY)).isEqualTo(new Subject(phrase, word));
  }
}
