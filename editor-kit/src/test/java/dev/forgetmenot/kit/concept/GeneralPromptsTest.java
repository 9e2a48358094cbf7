package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GeneralPromptsTest {
  private static List<PromptPhrase> things(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new PromptPhrase("a thing" + i, "thing" + i))
        .toList();
  }

  @Test
  void eachThingHasABackgroundAndAnother() {
    assertThat(GeneralPrompts.of(things(2), List.of()))
        .containsExactly(
            "a photo of a thing0 on a red background",
            "a photo of a thing0 and a thing1",
            "a photo of a thing1 on a yellow background",
            "a photo of a thing1 and a thing0");
  }

  @Test
  void whereStylesAreKnownEachThingIsInOneOfThem() {
    assertThat(GeneralPrompts.of(things(3), List.of("ink", "oil")))
        .contains(
            "a photo of a thing0 in ink style",
            "a photo of a thing1 in oil style",
            "a photo of a thing2 in ink style")
        .hasSize(9);
  }

  @Test
  void manyThingsAreTakenEvenlyAndOneIsTooFew() {
    List<String> prompts = GeneralPrompts.of(things(320), List.of());
    assertThat(prompts).hasSize(64).doesNotHaveDuplicates();
    assertThat(prompts.get(2)).startsWith("a photo of a thing10 on a ");
    assertThat(prompts.get(62)).startsWith("a photo of a thing310 on a ");
    assertThat(GeneralPrompts.of(things(1), List.of("ink"))).isEmpty();
  }
}
