package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.EosSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Settings of attention re-steering.
 *
 * <p>By default {@link ConceptDirections} are trained where the editor can, by a rate that depends
 * on the size of the model's keys: all other weights move what every prompt reads, by AdamW as fast
 * as what the concept reads. Else the learning rate depends on what is trained. For the whole UNet
 * it is the 2e-6 of the original. The cross attention alone has a few per cent of those weights and
 * takes, in as many steps, a rate two hundred times as large: 4e-4; adapters 1.5e-3.
 *
 * <p>Such adapters are trained on pure noise, not on images of the concept: in a noised image much
 * of a concept, of a style above all, is there already, and what a model looks at there is not what
 * it looks at when it begins to draw.
 *
 * @param values the given values; {@code use-pooler}, {@code embedding}, {@code no-real-image} and
 *     {@code adversarial-rounds} count where the editor declares them
 */
public record ResteeringSettings(Settings values) implements TrainedSettings {
  private static final String AUTO = "auto";

  /** A setting that states of earlier releases do not have. */
  static final String GENERAL_WEIGHT = "general-weight";

  private static final String TRAIN_ON = "train-on";

  private static final String NOISE = "noise";

  private static final TrainableSettings.Rates RATES =
      new TrainableSettings.Rates(4e-4, 2e-6, 1.5e-3, 0.12);

  /**
   * The settings: the columns, what is kept, when to stop, what is trained, the images and the
   * optimizer.
   *
   * @param own what the editor declares beside, after the columns; may have a {@code template}
   */
  public static List<SettingSpec> parameters(List<SettingSpec> own) {
    return parameters(
        List.of(),
        own,
        TrainableSettings.parameters(),
        "4e-4 for cross attention, 2e-6 for the whole UNet, 1.5e-3 for adapters");
  }

  /** The same for an editor that can train {@link ConceptDirections}, and does so by default. */
  public static List<SettingSpec> withDirections(List<SettingSpec> own) {
    List<SettingSpec> more = new ArrayList<>(own);
    more.add(
        SettingSpec.number(
            GENERAL_WEIGHT,
            0,
            1e6,
            "How much general prompts, with backgrounds, second things and styles, count against"
                + " the loss of concept-directions where no prompt is kept by preserve; without it 0.5"
                + " for styles, which general prompts hold more, and 2 for all else."));
    more.add(
        SettingSpec.choice(
            TRAIN_ON,
            List.of(AUTO, NOISE, "images"),
            "What is looked at with the concept's prompt: pure noise, as an image begins, or images"
                + " of the concept, noised. auto is noise with concept-directions where no image-dir"
                + " is named and no token is searched in between, else images."));
    return parameters(
        List.of(AUTO),
        more,
        TrainableSettings.withDirections(),
        "0.12 of the size of the concept's keys for concept-directions, 4e-4 for cross attention,"
            + " 2e-6 for the whole UNet, 1.5e-3 for adapters");
  }

  private static List<SettingSpec> parameters(
      List<String> first, List<SettingSpec> own, List<SettingSpec> trainable, String rates) {
    return Stream.of(
            List.of(
                SettingSpec.choice(
                        "token-selection",
                        Stream.concat(
                                first.stream(),
                                Arrays.stream(EosSelection.values()).map(EosSelection::word))
                            .toList(),
                        "Which columns of the attention stand for a concept: its tokens and the end"
                            + " of the text, its tokens alone, or these and the padding, which"
                            + " harms others most where other than concept-directions is trained."
                            + (first.isEmpty()
                                ? ""
                                : " auto is padding with concept-directions, else end."))
                    .formerly("end-of-text")
                    .formerChoices(EosSelection.FORMER_WORDS)),
            own,
            keeping(),
            trainable,
            ImageSettings.parameters(),
            OptimizerSettings.parameters(35, rates))
        .flatMap(List::stream)
        .toList();
  }

  private static List<SettingSpec> keeping() {
    return List.of(
        SettingSpec.list(
                "preserve",
                "A prompt that must not change; all of them together cost two more runs of the UNet"
                    + " a step. Without any, concept-directions keep general prompts.")
            .formerlySplitAt(";"),
        SettingSpec.number(
            "preserve-weight",
            2,
            0,
            1e6,
            "How much these prompts count against the loss, which is the norm of the attention, or"
                + " its root mean square with concept-directions."),
        SettingSpec.number(
            "stop-below",
            0,
            0,
            1,
            "Stop when the concept's share of the attention in a step falls below this."),
        SettingSpec.number(
            "stop-at",
            0,
            1,
            "Stop when that share falls below this part of what it was in the first step."));
  }

  @Override
  public TrainableSettings.Rates rates() {
    return RATES;
  }

  /** The images that are trained on. */
  public ImageSettings images() {
    return new ImageSettings(values);
  }

  /** The end-of-text columns that count as the concept's. */
  public EosSelection endOfText() {
    String given = values.text("token-selection");
    if (flag("use-pooler") || (given.equals(AUTO) && trainable().reading())) {
      return EosSelection.ALL;
    }
    return given.equals(AUTO) ? EosSelection.FIRST : EosSelection.of(given);
  }

  /** Whether pure noise is trained on in place of images, if the editor can. */
  public boolean noRealImage() {
    return asksForNoise()
        || (values.find(TRAIN_ON).filter(AUTO::equals).isPresent()
            && trainable().reading()
            && images().folder().isEmpty()
            && !searchesTokens());
  }

  private boolean searchesTokens() {
    return values.find("adversarial-rounds").map(Integer::parseInt).orElse(0) > 0;
  }

  /** Whether the user said so. */
  public boolean asksForNoise() {
    return flag("no-real-image") || values.find(TRAIN_ON).filter(NOISE::equals).isPresent();
  }

  private boolean flag(String name) {
    return values.find(name).map(Boolean::parseBoolean).orElse(false);
  }

  /** Prompts that must not change. */
  public List<String> preserved() {
    return values.list("preserve");
  }

  /**
   * How much general prompts count where no others are given, 0 where they do not.
   *
   * @param prompts of the concepts
   */
  double generalWeight(List<ConceptPrompt> prompts) {
    boolean styles =
        prompts.stream().allMatch(prompt -> prompt.concept().kind() == ConceptType.STYLE);
    return keepsGeneral() ? generalWeight().orElse(styles ? 0.5 : 2.0) : 0;
  }

  private Optional<Double> generalWeight() {
    return values.find(GENERAL_WEIGHT).map(Double::parseDouble);
  }

  /** Whether general prompts must not change where no others are given. */
  public boolean keepsGeneral() {
    return trainable().reading() && generalWeight().orElse(1.0) > 0;
  }

  /**
   * Prompts that must not change: the given ones, or else what adapters that read directions should
   * leave.
   *
   * @param directions what {@link TrainableSettings#directions} gave
   */
  public List<String> preserved(Optional<ConceptDirections> directions) {
    return preserved().isEmpty() && keepsGeneral()
        ? directions.map(ConceptDirections::general).orElse(List.of())
        : preserved();
  }

  /** The files of learned tokens, one for each concept, or none. */
  public List<Path> embeddings() {
    return values.list("embedding").stream().map(Path::of).toList();
  }

  /**
   * How much the prompts of {@link #preserved(Optional)} count against the loss.
   *
   * @param prompts of the concepts
   */
  public double preserveWeight(List<ConceptPrompt> prompts) {
    boolean general = preserved().isEmpty() && keepsGeneral();
    return general ? generalWeight(prompts) : values.number("preserve-weight");
  }

  /**
   * The share of the attention, in [0, 1], below which the training ends.
   *
   * @param first the share in the first step
   */
  public double stopBelow(double first) {
    double part = values.find("stop-at").map(Double::parseDouble).orElse(0.0);
    return Math.max(values.number("stop-below"), part * first);
  }

  /**
   * AdamW on the chosen weights of a model; keeps the base if prompts must not change.
   *
   * @param directions what {@link TrainableSettings#directions} gave
   */
  public TrainingOptions training(DiffusionModel model, Optional<ConceptDirections> directions) {
    TrainingOptions options = trainable().options(model, optimizer(), RATES, directions);
    return preserved(directions).isEmpty() ? options : options.keepingBase();
  }

  /** Where a concept stands and how it is trained, as the end of a sentence for people. */
  public String inWords(ConceptPrompt concept, Optional<ConceptDirections> directions) {
    return Message.of(
        "in '%s': columns %s of %d, learning rate %s for %s",
        concept.prompt().text(),
        concept.columns().columns(),
        concept.prompt().ids().size(),
        learningRate(directions),
        trainable().words());
  }
}
