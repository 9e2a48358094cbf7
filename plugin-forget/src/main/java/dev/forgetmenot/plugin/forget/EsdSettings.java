package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.train.ImageSettings;
import dev.forgetmenot.kit.train.OptimizerSettings;
import dev.forgetmenot.kit.train.TrainableSettings;
import dev.forgetmenot.kit.train.TrainedSettings;
import java.util.List;
import java.util.stream.Stream;

/** Settings of ESD. */
record EsdSettings(Settings values) implements TrainedSettings {
  private static final TrainableSettings.Rates RATES =
      new TrainableSettings.Rates(2.5e-4, 1e-5, 2e-3, 0.05);

  static List<SettingSpec> parameters() {
    List<SettingSpec> own =
        List.of(
            SettingSpec.number(
                "negative-guidance", 2, 0, 20, "How far the concept is turned into its opposite."),
            SettingSpec.number(
                "start-guidance", 3, 0, 20, "Guidance with which the base draws what is noised."),
            SettingSpec.integer(
                "start-steps", 20, 2, 1000, "Sampling steps of a drawing; each may be looked at."),
            SettingSpec.integer("starts", 4, 1, 256, "Drawings of each concept."),
            ImageSettings.resolution(),
            SettingSpec.text(
                "template",
                SettingSpec.Type.TEXT,
                null,
                "Prompt with {} where the concept goes, instead of the one for its kind."));
    return Stream.of(
            own,
            TrainableSettings.withDirections(),
            OptimizerSettings.parameters(
                100,
                "0.05 of the size of the concept's keys for concept-directions, 2.5e-4 for cross"
                    + " attention, 1e-5 for the whole UNet, 2e-3 for adapters"))
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public TrainableSettings.Rates rates() {
    return RATES;
  }

  double negativeGuidance() {
    return values.number("negative-guidance");
  }

  GenerationRequest starts(DiffusionModel model, String prompt) {
    return new ImageSettings(values)
        .request(model, prompt).toBuilder()
            .seed(optimizer().seed())
            .count(Math.toIntExact(values.integer("starts")))
            .steps(Math.toIntExact(values.integer("start-steps")))
            .guidance(values.number("start-guidance"))
            .build();
  }
}
