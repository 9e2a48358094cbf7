package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What re-steering trains on by default depends on what is trained and on what is given. */
class ResteeringSettingsTest {
  private static final List<SettingSpec> DECLARED =
      ResteeringSettings.withDirections(
          List.of(
              SettingSpec.flag("no-real-image", "Noise."),
              SettingSpec.integer("adversarial-rounds", 0, 0, 10, "Rounds.")));

  private static ResteeringSettings of(Map<String, String> given) {
    return new ResteeringSettings(Settings.of(DECLARED, given));
  }

  private static List<ConceptPrompt> prompts(ConceptType... kinds) {
    return Arrays.stream(kinds)
        .map(kind -> new ConceptPrompt(new Concept("x", kind), null, null))
        .toList();
  }

  private static boolean noise(Map<String, String> given) {
    return of(given).noRealImage();
  }

  @Test
  void adaptersThatReadDirectionsAreTrainedOnNoise() {
    assertThat(noise(Map.of())).isTrue();
    assertThat(noise(Map.of("trainable", "concept-directions", "learning-rate", "0.1"))).isTrue();
  }

  @Test
  void weightsAreTrainedOnImagesAsThePaperDoes() {
    assertThat(noise(Map.of("learning-rate", "1e-4"))).isFalse();
    assertThat(noise(Map.of("trainable", "unet"))).isFalse();
    assertThat(noise(Map.of("trainable", "lora"))).isFalse();
  }

  @Test
  void whatIsGivenCounts() {
    assertThat(noise(Map.of("image-dir", "photos"))).isFalse();
    assertThat(noise(Map.of("train-on", "images"))).isFalse();
    assertThat(noise(Map.of("adversarial-rounds", "1"))).isFalse();
    assertThat(noise(Map.of("trainable", "unet", "train-on", "noise"))).isTrue();
    assertThat(noise(Map.of("trainable", "unet", "no-real-image", "true"))).isTrue();
  }

  @Test
  void generalPromptsHoldStylesLessUnlessAWeightIsGiven() {
    assertThat(of(Map.of()).preserveWeight(prompts(ConceptType.STYLE))).isEqualTo(0.5);
    assertThat(of(Map.of()).preserveWeight(prompts(ConceptType.OBJECT))).isEqualTo(2);
    assertThat(of(Map.of()).preserveWeight(prompts(ConceptType.STYLE, ConceptType.IDENTITY)))
        .isEqualTo(2);
    assertThat(of(Map.of("general-weight", "3")).preserveWeight(prompts(ConceptType.STYLE)))
        .isEqualTo(3);
    assertThat(of(Map.of("general-weight", "0")).keepsGeneral()).isFalse();
    assertThat(of(Map.of("trainable", "unet")).keepsGeneral()).isFalse();
  }
}
