package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.train.OptimizerSettings;
import dev.forgetmenot.kit.train.Trainer;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.kit.train.TrainingImages.Crop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Settings of textual inversion.
 *
 * @param values of {@link #parameters}
 */
public record TextualInversionSettings(Settings values) {
  private static final int TOKENS = 4;
  private static final int MOST = 64;
  private static final int SAVE_EVERY = 50;
  private static final TokenInitialiser RANDOM = new TokenInitialiser.Random(1);

  /** Stands for the tokens in the name of an image's file. */
  private static final String STEM_PLACE = "<s>";

  /** The declared parameters. */
  public static List<SettingSpec> parameters() {
    return List.of(
        SettingSpec.list(
                "tokens",
                "How many new tokens, or the name of each, such as <s5>; without it as many as init"
                    + " names, else 4, and <s1>, <s2> and so on.")
            .formerlySplitAt("|"),
        SettingSpec.list(
                "init",
                "Where a token begins: a word, <rand-SIGMA>, <zero> or a token id; without it half"
                    + " of them the kind's noun, half <rand-1>.")
            .formerlySplitAt("|"),
        SettingSpec.text(
            "template",
            SettingSpec.Type.TEXT,
            null,
            "Prompt with {} where the tokens go, instead of the one for the kind."),
        SettingSpec.flag(
            "stems", "The prompt of an image is its file's name, with <s> where the tokens go."),
        SettingSpec.integer("steps", 500, 1, 1_000_000, "Optimizer steps."),
        SettingSpec.number(
            "learning-rate", 1e-3, Double.MIN_VALUE, 10, "Learning rate of the tokens' rows."),
        SettingSpec.choice(
                "lr-scheduler",
                Arrays.stream(LearningRateSchedule.Shape.values())
                    .map(LearningRateSchedule.Shape::word)
                    .toList(),
                "How the learning rate changes over the steps.")
            .formerly("lr-schedule"),
        SettingSpec.integer(
            "lr-warmup-steps", 0, 0, 1_000_000, "Steps on which the learning rate rises from 0."),
        SettingSpec.number("weight-decay", 0.1, 0, 1, "Weight decay of AdamW."),
        SettingSpec.integer(
                "gradient-accumulation-steps",
                1,
                1,
                1024,
                "Images for one step; their losses are averaged.")
            .formerly("accumulation"),
        OptimizerSettings.checkpointing(),
        OptimizerSettings.mixedPrecision(),
        SettingSpec.flag("no-norm-decay", "Leave the lengths of the rows alone."),
        SettingSpec.number(
            "norm-target",
            1e-6,
            1e6,
            "Length that the rows are drawn to; without it 0.4, or the mean length of the model's"
                + " vocabulary when that differs much."),
        SettingSpec.flag("no-flip", "Do not flip images left to right at random."),
        SettingSpec.flag("no-mask", "Ignore masks, the files NAME.mask.png."),
        SettingSpec.choice(
            "crop",
            List.of("centre", "random"),
            "Where the square is cut from images that are not square."),
        SettingSpec.integer(
            "seed", 42, 0, Integer.MAX_VALUE, "Seed of the rows and of every step."));
  }

  /** The settings with nothing but defaults. */
  public static TextualInversionSettings defaults() {
    return new TextualInversionSettings(Settings.of(parameters(), java.util.Map.of()));
  }

  /**
   * An initialiser for each token.
   *
   * @param say gets what the default could not do
   * @throws IllegalArgumentException if number and list of tokens contradict each other
   */
  List<TokenInitialiser> initialisers(
      ConceptType kind, DiffusionModel model, Consumer<String> say) {
    Optional<Integer> wanted = values.find("tokens").map(text -> count(values.list("tokens")));
    if (values.find("init").isPresent()) {
      List<TokenInitialiser> given = TokenInitialiser.parseAll(values.list("init"));
      if (wanted.isPresent() && wanted.get() != given.size()) {
        throw new IllegalArgumentException(
            Message.of(
                "init says where %s tokens begin, and tokens that there are %s; give as many of one"
                    + " as of the other",
                given.size(), wanted.get()));
      }
      return given;
    }
    return usual(kind, wanted.orElse(TOKENS), model, say);
  }

  private static int count(List<String> tokens) {
    if (!isNumber(tokens)) {
      return tokens.size();
    }
    String number = tokens.get(0);
    int count = number.length() > 4 ? 0 : Integer.parseInt(number);
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("tokens must be 1 to " + MOST + ", not " + number);
    }
    return count;
  }

  private static boolean isNumber(List<String> tokens) {
    return tokens.size() == 1 && tokens.get(0).matches("\\d+");
  }

  private static List<TokenInitialiser> usual(
      ConceptType kind, int count, DiffusionModel model, Consumer<String> say) {
    String noun = kind == ConceptType.IDENTITY ? "person" : kind.word();
    boolean one = model.tokenIds(noun).size() == 1;
    if (!one) {
      say.accept(
          Message.of(
              "'%s' is several tokens in this vocabulary, %s: <rand-1> in its place",
              noun, model.tokens(noun)));
    }
    TokenInitialiser named = one ? new TokenInitialiser.Word(noun) : RANDOM;
    return IntStream.range(0, count).mapToObj(i -> i < (count + 1) / 2 ? named : RANDOM).toList();
  }

  List<String> names(int count) {
    List<String> given = values.list("tokens");
    return given.isEmpty() || isNumber(given)
        ? IntStream.rangeClosed(1, count).mapToObj(i -> "<s" + i + ">").toList()
        : given;
  }

  /**
   * The prompt of each image.
   *
   * @param phrase the tokens as a prompt says them
   * @throws IllegalArgumentException if a file's name has no place for them
   */
  List<String> prompts(ConceptType kind, String phrase, TrainingImages images) {
    Function<String, String> prompt;
    if (values.flag("stems")) {
      prompt = stem -> ofStem(stem, phrase);
    } else {
      PromptTemplate template =
          values.find("template").map(PromptTemplate::new).orElseGet(() -> PromptTemplate.of(kind));
      prompt = stem -> template.with(phrase);
    }
    List<String> prompts = new ArrayList<>();
    images.stems().forEach(stem -> prompts.add(prompt.apply(stem)));
    return prompts;
  }

  private static String ofStem(String stem, String phrase) {
    if (!stem.contains(STEM_PLACE)) {
      throw new IllegalArgumentException(
          Message.of(
              "the image '%s' has no %s in its name, where the tokens should go; rename it or leave"
                  + " out the option stems",
              stem, STEM_PLACE));
    }
    return stem.replace(STEM_PLACE, phrase);
  }

  /** AdamW on one weight. */
  public TrainingOptions training(String weight) {
    LearningRateSchedule schedule =
        new LearningRateSchedule(
            LearningRateSchedule.Shape.of(values.text("lr-scheduler")),
            Math.toIntExact(values.integer("lr-warmup-steps")),
            steps());
    boolean constant = schedule.shape() == LearningRateSchedule.Shape.CONSTANT;
    return TrainingOptions.adamW(weight::equals, values.number("learning-rate"))
        .decaying(values.number("weight-decay"))
        .clippedAt(Double.POSITIVE_INFINITY)
        .accumulating(accumulation())
        .checkpointing(checkpointed())
        .mixing(OptimizerSettings.mixed(values))
        .scheduled(constant && schedule.warmup() == 0 ? LearningRateSchedule.CONSTANT : schedule);
  }

  /** Whether a step computes activations again. */
  public boolean checkpointed() {
    return OptimizerSettings.checkpointed(values);
  }

  Optional<NormDecay> normDecay(double meanNorm) {
    if (values.flag("no-norm-decay")) {
      return Optional.empty();
    }
    return Optional.of(
        values
            .find("norm-target")
            .map(text -> new NormDecay(Double.parseDouble(text)))
            .orElseGet(() -> NormDecay.ofVocabulary(meanNorm)));
  }

  int steps() {
    return Math.toIntExact(values.integer("steps"));
  }

  /** How long is trained: to the last step. */
  Trainer.Plan plan() {
    return new Trainer.Plan(steps(), accumulation(), SAVE_EVERY, "");
  }

  private int accumulation() {
    return Math.toIntExact(values.integer("gradient-accumulation-steps"));
  }

  boolean flips() {
    return !values.flag("no-flip");
  }

  boolean masked() {
    return !values.flag("no-mask");
  }

  /** Where a square is cut from the images. */
  public Crop crop() {
    return values.text("crop").equals("centre") ? Crop.CENTRE : Crop.RANDOM;
  }

  /** The seed. */
  public long seed() {
    return values.integer("seed");
  }
}
