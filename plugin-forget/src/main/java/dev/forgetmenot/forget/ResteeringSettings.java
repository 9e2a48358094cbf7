package dev.forgetmenot.forget;

import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.editing.EndOfText;
import dev.forgetmenot.editing.PromptTemplate;
import dev.forgetmenot.editing.TrainingPictures.Crop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What attention re-steering can be told, and what it was told.
 *
 * <p>The default learning rate depends on what is trained. For the whole UNet it is the 2e-6 of the
 * original. The cross attention alone has a few per cent of those weights and takes, in as many
 * steps, a rate two hundred times as large: 4e-4.
 */
record ResteeringSettings(ParameterValues values) {
  private static final String CROSS_ATTENTION = "cross-attention";
  private static final double CROSS_ATTENTION_RATE = 4e-4;
  private static final double UNET_RATE = 2e-6;

  static List<Parameter> parameters() {
    return List.of(
        Parameter.choice(
            "trainable",
            List.of(CROSS_ATTENTION, "unet"),
            "What is trained: the attention to the prompt only, or the whole UNet."),
        Parameter.choice(
            "end-of-text",
            List.of("first", "none", "all"),
            "Which end-of-text columns are forgotten with the concept's own; all harms others most."),
        Parameter.flag(
            "use-pooler", "The same as end-of-text all, under the original's name for it."),
        Parameter.text(
            "images",
            Parameter.Type.PATH,
            null,
            "Folder with pictures of the concept; without it the model draws them itself."),
        Parameter.integer(
            "pictures", 8, 1, 1024, "How many pictures the model draws when no folder is given."),
        Parameter.flag(
            "no-real-image", "Train on pure noise instead of pictures; none are read or drawn."),
        Parameter.choice(
            "crop",
            List.of("centre", "random"),
            "Where the square is cut from pictures that are none."),
        Parameter.text(
            "template",
            Parameter.Type.TEXT,
            null,
            "Prompt with {} where the concept goes, instead of the one for its kind."),
        Parameter.integer("steps", 35, 1, 100_000, "Optimizer steps."),
        Parameter.number(
            "learning-rate",
            Double.MIN_VALUE, // above 0
            1,
            "Learning rate; without it 4e-4 for cross attention and 2e-6 for the whole UNet."),
        Parameter.number("weight-decay", 0.01, 0, 1, "Weight decay of AdamW."),
        Parameter.number(
            "max-grad-norm", 1, 1e-9, 1e9, "The gradient is shortened to this global norm."),
        Parameter.integer(
            "seed", 0, 0, Integer.MAX_VALUE, "Seed of the pictures and of every step."));
  }

  boolean wholeUNet() {
    return !values.text("trainable").equals(CROSS_ATTENTION);
  }

  EndOfText endOfText() {
    return values.flag("use-pooler") ? EndOfText.ALL : EndOfText.of(values.text("end-of-text"));
  }

  Optional<Path> images() {
    return values.path("images");
  }

  boolean noRealImage() {
    return values.flag("no-real-image");
  }

  int pictures() {
    return Math.toIntExact(values.integer("pictures"));
  }

  Crop crop() {
    return values.text("crop").equals("centre") ? Crop.CENTRE : Crop.RANDOM;
  }

  PromptTemplate template(Kind kind) {
    return values
        .find("template")
        .map(PromptTemplate::new)
        .orElseGet(() -> PromptTemplate.of(kind));
  }

  int steps() {
    return Math.toIntExact(values.integer("steps"));
  }

  long seed() {
    return values.integer("seed");
  }

  double learningRate() {
    return values
        .find("learning-rate")
        .map(Double::parseDouble)
        .orElse(wholeUNet() ? UNET_RATE : CROSS_ATTENTION_RATE);
  }

  /** AdamW on the chosen weights of a model. */
  TrainingOptions training(DiffusionModel model) {
    TrainingOptions usual = TrainingOptions.adamW(trainable(model), learningRate());
    return new TrainingOptions(
        usual.trainable(),
        usual.learningRate(),
        usual.beta1(),
        usual.beta2(),
        usual.epsilon(),
        values.number("weight-decay"),
        values.number("max-grad-norm"),
        usual.accumulation());
  }

  private Predicate<String> trainable(DiffusionModel model) {
    if (wholeUNet()) {
      return name -> name.startsWith("unet/");
    }
    Set<String> modules =
        model.attentionSites().stream()
            .filter(site -> site.cross())
            .map(site -> "unet/" + site.name() + ".")
            .collect(Collectors.toSet());
    return name -> modules.stream().anyMatch(name::startsWith);
  }
}
