package dev.forgetmenot.api.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final List<SettingSpec> DECLARED =
      List.of(
          SettingSpec.integer("num-images", 8, 1, 64, "How many.").formerly("pictures"),
          SettingSpec.choice("token-selection", List.of("end", "padding"), "Which.")
              .formerly("columns", "end-of-text")
              .formerChoices(Map.of("first", "end", "all", "padding")),
          SettingSpec.list("preserve", "What stays.").formerlySplitAt("|;"),
          SettingSpec.list("targets", List.of("k", "v"), "Where.").formerlySplitAt(","));

  private static Settings of(String... given) {
    Map<String, String> texts = new java.util.LinkedHashMap<>();
    for (int i = 0; i < given.length; i += 2) {
      texts.put(given[i], given[i + 1]);
    }
    return Settings.of(DECLARED, texts);
  }

  @Test
  void defaultsAreThereAndListsWithoutOneAreEmpty() {
    Settings values = of();
    assertThat(values.integer("num-images")).isEqualTo(8);
    assertThat(values.text("token-selection")).isEqualTo("end");
    assertThat(values.list("targets")).containsExactly("k", "v");
    assertThat(values.list("preserve")).isEmpty();
    assertThat(values.notes()).isEmpty();
    assertThatThrownBy(() -> values.text("preserve")).hasMessage("setting preserve is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"columns", "end-of-text"})
  void everyFormerNameAndFormerWordIsThatOfTodayAndIsAnnouncedOnce(String former) {
    Settings values = of(former, "all", "pictures", "3");
    assertThat(values.all())
        .containsEntry("token-selection", "padding")
        .containsEntry("num-images", "3")
        .doesNotContainKeys(former, "pictures");
    assertThat(values.notes())
        .containsExactly(
            "setting " + former + " is now called token-selection",
            "setting token-selection: all is now called padding",
            "setting pictures is now called num-images");
  }

  @Test
  void aSettingIsCheckedUnderItsFormerNameTooAndGivenOnce() {
    assertThatThrownBy(() -> of("pictures", "65")).hasMessageStartingWith("num-images must be in");
    assertThatThrownBy(() -> of("pictures", "1", "num-images", "2"))
        .hasMessage("num-images is given twice, once by a former name; give it once");
    assertThatThrownBy(() -> of("photos", "1")).hasMessageStartingWith("unknown setting [photos]");
  }

  @Test
  void aSingleTextIsSplitAsBeforeAndAListIsNot() {
    Settings former = of("preserve", "a fox| a bus;");
    assertThat(former.list("preserve")).containsExactly("a fox", "a bus", "");
    assertThat(former.notes())
        .containsExactly(
            "setting preserve: 'a fox| a bus;' is split as in earlier releases; give the setting"
                + " once for each entry");
    Settings whole = of("preserve", Settings.joined(List.of("a fox | a bus")));
    assertThat(whole.list("preserve")).containsExactly("a fox | a bus");
    assertThat(whole.notes()).isEmpty();
    Settings again = Settings.of(DECLARED, whole.all());
    assertThat(again.all()).isEqualTo(whole.all());
  }

  @Test
  void emptyEntriesStay() {
    for (List<String> entries : List.of(List.of(""), List.of("", ""), List.of("a", ""))) {
      assertThat(of("preserve", Settings.joined(entries)).list("preserve")).isEqualTo(entries);
    }
    assertThat(of("preserve", "").list("preserve")).containsExactly("");
  }

  @Test
  void whatAnEarlierReleaseWroteIsReadAsToday() {
    assertThat(of().today(Map.of("columns", "first", "targets", "k, out", "prompts", "a|b")))
        .isEqualTo(Map.of("token-selection", "end", "targets", "k\nout", "prompts", "a|b"));
    assertThat(of("targets", "k").all()).containsEntry("targets", "k");
  }
}
