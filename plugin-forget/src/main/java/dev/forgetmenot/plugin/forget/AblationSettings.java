package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.train.ImageSettings;
import dev.forgetmenot.kit.train.OptimizerSettings;
import dev.forgetmenot.kit.train.TrainableSettings;
import dev.forgetmenot.kit.train.TrainedSettings;
import java.util.List;
import java.util.stream.Stream;

/** Settings of concept ablation. */
record AblationSettings(Settings values) implements TrainedSettings {
  private static final TrainableSettings.Rates RATES =
      new TrainableSettings.Rates(2e-4, 1e-5, 2e-3, 0.06);

  static List<SettingSpec> parameters() {
    List<SettingSpec> own =
        List.of(
            SettingSpec.text(
                    "guide",
                    SettingSpec.Type.TEXT,
                    null,
                    "What the concept becomes, in words of a prompt, the paper's anchor; without it"
                        + " a person, an object or a photo without a style.")
                .formerly("anchor"),
            SettingSpec.text(
                "template",
                SettingSpec.Type.TEXT,
                null,
                "Prompt with {} where concept and guide go, instead of the one for the kind."));
    return Stream.of(
            own,
            TrainableSettings.withDirections(),
            ImageSettings.parameters(),
            OptimizerSettings.parameters(
                100,
                "0.06 of the size of the concept's keys for concept-directions, 2e-4 for cross"
                    + " attention, 1e-5 for the whole UNet, 2e-3 for adapters"))
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public TrainableSettings.Rates rates() {
    return RATES;
  }

  ImageSettings images() {
    return new ImageSettings(values);
  }

  /** What each of a concept's prompts becomes, in the order of {@link #templates}. */
  List<String> anchors(ConceptType kind, KnownConcepts vocabulary) {
    return templates(kind, vocabulary).stream().map(template -> anchor(kind, template)).toList();
  }

  private String anchor(ConceptType kind, PromptTemplate template) {
    return values
        .find("guide")
        .map(template::with)
        .orElseGet(
            () ->
                switch (kind) {
                  case IDENTITY -> template.with("a person");
                  case OBJECT -> template.with("an object");
                  case STYLE -> template.withoutStyle().orElse("a photo");
                });
  }
}
