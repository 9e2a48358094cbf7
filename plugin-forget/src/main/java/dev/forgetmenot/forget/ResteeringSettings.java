package dev.forgetmenot.forget;

import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.editing.EndOfText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What attention re-steering can be told, and what it was told.
 *
 * <p>The default learning rate depends on what is trained. For the whole UNet it is the 2e-6 of the
 * original. The cross attention alone has a few per cent of those weights and takes, in as many
 * steps, a rate two hundred times as large: 4e-4; adapters 1.5e-3.
 */
record ResteeringSettings(ParameterValues values) implements TrainedSettings {
  private static final TrainableSettings.Rates RATES =
      new TrainableSettings.Rates(4e-4, 2e-6, 1.5e-3);

  static List<Parameter> parameters() {
    List<Parameter> own =
        List.of(
            Parameter.choice(
                "end-of-text",
                List.of("first", "none", "all"),
                "Which end-of-text columns are forgotten with the concept's own; all harms others"
                    + " most."),
            Parameter.flag(
                "use-pooler", "The same as end-of-text all, under the original's name for it."),
            Parameter.text(
                "template",
                Parameter.Type.TEXT,
                null,
                "Prompt with {} where the concept goes, instead of the one for its kind."),
            Parameter.text(
                "embedding",
                Parameter.Type.TEXT,
                null,
                "File of tokens learned of the concept, which prompts use in place of its name; for"
                    + " several concepts one each, with ; between them."),
            Parameter.flag(
                "no-real-image",
                "Train on pure noise instead of pictures; none are read or drawn."),
            Parameter.text(
                "preserve",
                Parameter.Type.TEXT,
                null,
                "Prompts that must not change, with ; between them; costs two more runs of the"
                    + " UNet a step."),
            Parameter.number(
                "preserve-weight", 2, 0, 1e6, "How much the kept prompts count against the loss."),
            Parameter.number(
                "stop-below",
                0,
                0,
                1,
                "Stop when the concept's share of the attention in a step falls below this."));
    return Stream.of(
            own,
            TrainableSettings.parameters(),
            PictureSettings.parameters(),
            OptimizerSettings.parameters(
                35, "4e-4 for cross attention, 2e-6 for the whole UNet, 1.5e-3 for adapters"))
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

  EndOfText endOfText() {
    return values.flag("use-pooler") ? EndOfText.ALL : EndOfText.of(values.text("end-of-text"));
  }

  boolean noRealImage() {
    return values.flag("no-real-image");
  }

  List<String> preserved() {
    return list("preserve");
  }

  /** The files of learned tokens, one for each concept, or none. */
  List<Path> embeddings() {
    return list("embedding").stream().map(Path::of).toList();
  }

  private List<String> list(String name) {
    return values
        .find(name)
        .map(text -> Arrays.stream(text.split(";")).map(String::strip).toList())
        .orElse(List.of());
  }

  double preserveWeight() {
    return values.number("preserve-weight");
  }

  double stopBelow() {
    return values.number("stop-below");
  }

  /** AdamW on the chosen weights of a model. */
  TrainingOptions training(DiffusionModel model) {
    TrainingOptions options = trainable().options(model, optimizer(), RATES);
    return preserved().isEmpty() ? options : options.keepingBase();
  }
}
