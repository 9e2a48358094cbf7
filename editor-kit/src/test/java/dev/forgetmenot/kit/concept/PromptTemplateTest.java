package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Prompts with a place for a concept. */
class PromptTemplateTest {
  private static KnownConcepts known(String... things) {
    return new KnownConcepts(
        Stream.concat(
                Stream.of(things)
                    .map(one -> new KnownConcepts.Phrase(one, one, ConceptType.OBJECT, "")),
                Stream.of(new KnownConcepts.Phrase("ink", "ink", ConceptType.STYLE, "")))
            .toList(),
        List.of());
  }

  @Test
  void formsOfThingsInStylesTakeTurns() {
    assertThat(PromptTemplate.ofThingsInStyles(known("a fox", "a cup", "a tree"), 2))
        .extracting(PromptTemplate::text)
        .containsExactly("a photo of a fox in the style of {}", "a photo of a cup in {} style");
    assertThat(PromptTemplate.ofThingsInStyles(KnownConcepts.EMPTY, 6)).isEmpty();
  }

  @Test
  void aThingIsLeftWithoutItsStyle() {
    KnownConcepts cup = known("a cup in a house", "a tree");
    assertThat(PromptTemplate.ofThingsInStyles(cup, 2).stream().map(PromptTemplate::withoutStyle))
        .extracting(one -> one.orElseThrow())
        .containsExactly("a photo of a cup in a house", "a photo of a tree");
    assertThat(PromptTemplate.ofStyles().withoutStyle()).isEmpty();
    assertThat(PromptTemplate.ofThings().withoutStyle()).isEmpty();
  }

  @Test
  void aTemplateHasAPlace() {
    assertThatThrownBy(() -> new PromptTemplate("a photo"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no {} where the concept goes");
  }
}
