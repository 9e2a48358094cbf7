package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.editing.training.OptimizerSettings;
import dev.forgetmenot.editing.training.PictureSettings;
import dev.forgetmenot.editing.training.TrainableSettings;
import dev.forgetmenot.editing.training.TrainedSettings;
import java.util.List;
import java.util.stream.Stream;

/** What concept ablation can be told, and what it was told. */
record AblationSettings(ParameterValues values) implements TrainedSettings {
  private static final TrainableSettings.Rates RATES =
      new TrainableSettings.Rates(2e-4, 1e-5, 2e-3);

  static List<Parameter> parameters() {
    List<Parameter> own =
        List.of(
            Parameter.text(
                "anchor",
                Parameter.Type.TEXT,
                null,
                "What the concept becomes, in words of a prompt; without it a person, an object or"
                    + " a photo without a style."),
            Parameter.text(
                "template",
                Parameter.Type.TEXT,
                null,
                "Prompt with {} where concept and anchor go, instead of the one for the kind."));
    return Stream.of(
            own,
            TrainableSettings.parameters(),
            PictureSettings.parameters(),
            OptimizerSettings.parameters(
                100, "2e-4 for cross attention, 1e-5 for the whole UNet, 2e-3 for adapters"))
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public TrainableSettings.Rates rates() {
    return RATES;
  }

  PictureSettings pictures() {
    return new PictureSettings(values);
  }

  /** The prompt of the anchor of a kind. */
  String anchor(Kind kind) {
    return values
        .find("anchor")
        .map(template(kind)::with)
        .orElseGet(
            () ->
                switch (kind) {
                  case IDENTITY -> template(kind).with("a person");
                  case OBJECT -> template(kind).with("an object");
                  case STYLE -> "a photo";
                });
  }
}
