package dev.forgetmenot.patching.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patching.library.PatchTags.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatchTagsTest {
  @Test
  void takesTagsOutWhereverTheyStand() {
    PatchTags tags =
        PatchTags.of("<patch:a> a photo <patch: b-2.fmnpatch :-0.5>, sharp<patch:c:.8>");
    assertThat(tags.prompt()).isEqualTo("a photo, sharp");
    assertThat(tags.tags())
        .containsExactly(new Tag("a", 1), new Tag("b-2.fmnpatch", -0.5), new Tag("c", 0.8));
  }

  @Test
  void leavesOtherPromptsAsTheyAre() {
    String prompt = "  a <s1> and a <hypernet:x:1>, 3 < 4 ";
    assertThat(PatchTags.of(prompt).prompt()).isEqualTo(prompt);
    assertThat(PatchTags.of(prompt).tags()).isEmpty();
  }

  @Test
  void aLoraOfOtherToolsIsAPatchOfThatName() {
    PatchTags tags = PatchTags.of("a photo <lora:ink:0.8> of a fox <lora:b>");
    assertThat(tags.prompt()).isEqualTo("a photo of a fox");
    assertThat(tags.tags()).containsExactly(new Tag("ink", 0.8, true), new Tag("b", 1, true));
    assertThatThrownBy(() -> PatchTags.of("a <lora:ink:1:0.5>"))
        .hasMessageContaining("<lora:ink:1:0.5> should be <lora:NAME> or <lora:NAME:STRENGTH>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<patch:>", "<patch:a:>", "<patch:a:b>", "<patch:a:1:2>", "<patch::1>"})
  void refusesWhatItDoesNotUnderstand(String tag) {
    assertThatThrownBy(() -> PatchTags.of("a " + tag))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(tag)
        .hasMessageContaining("<patch:NAME:STRENGTH>");
  }
}
