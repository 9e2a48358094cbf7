package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.kit.concept.PromptTemplate;
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
 * What concept inversion can be told, and what it was told.
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
        SettingSpec.text(
            "tokens",
            SettingSpec.Type.TEXT,
            null,
            "How many new tokens, or their names with | between them, such as <s5>|<s6>; without it"
                + " as many as init names, else 4, and <s1>, <s2> and so on."),
        SettingSpec.text(
            "init",
            SettingSpec.Type.TEXT,
            null,
            "Where each token begins: a word, <rand-SIGMA>, <zero> or a token id, with | between"
                + " them; without it half the kind's noun, half <rand-1>."),
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
            "lr-schedule",
            Arrays.stream(LearningRateSchedule.Shape.values())
                .map(LearningRateSchedule.Shape::word)
                .toList(),
            "How the learning rate goes on."),
        SettingSpec.integer(
            "lr-warmup-steps", 0, 0, 1_000_000, "Steps on which the learning rate rises from 0."),
        SettingSpec.number("weight-decay", 0.1, 0, 1, "Weight decay of AdamW."),
        SettingSpec.integer(
            "accumulation", 1, 1, 1024, "Images for one step; their losses are averaged."),
        SettingSpec.flag("no-norm-decay", "Leave the lengths of the rows alone."),
        SettingSpec.number(
            "norm-target",
            1e-6,
            1e6,
            "Length that the rows are drawn to; without it 0.4, or the mean length of the model's"
                + " vocabulary when that differs much."),
        SettingSpec.flag("no-flip", "Do not flip images left to right at random."),
        SettingSpec.flag("no-mask", "Pay no heed to masks, the files NAME.mask.png."),
        SettingSpec.choice(
            "crop",
            List.of("centre", "random"),
            "Where the square is cut from images that are none."),
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
   * @param say is told what the default could not do
   * @throws IllegalArgumentException if number and list of tokens contradict each other
   */
  List<TokenInitialiser> initialisers(
      ConceptType kind, DiffusionModel model, Consumer<String> say) {
    Optional<Integer> wanted = values.find("tokens").map(TextualInversionSettings::count);
    Optional<String> init = values.find("init");
    if (init.isPresent()) {
      List<TokenInitialiser> given = TokenInitialiser.parseAll(init.get());
      if (wanted.isPresent() && wanted.get() != given.size()) {
        throw new IllegalArgumentException(
            "init says where "
                + given.size()
                + " tokens begin, and tokens that there are "
                + wanted.get()
                + "; one | stands between two");
      }
      return given;
    }
    return usual(kind, wanted.orElse(TOKENS), model, say);
  }

  private static int count(String tokens) {
    if (!tokens.matches("\\d{1,4}")) {
      return split(tokens).size();
    }
    int count = Integer.parseInt(tokens);
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("tokens must be 1 to " + MOST + ", not " + tokens);
    }
    return count;
  }

  private static List<String> split(String tokens) {
    return Arrays.stream(tokens.split("\\|", -1)).map(String::strip).toList();
  }

  private static List<TokenInitialiser> usual(
      ConceptType kind, int count, DiffusionModel model, Consumer<String> say) {
    String noun = kind == ConceptType.IDENTITY ? "person" : kind.word();
    boolean one = model.tokenIds(noun).size() == 1;
    if (!one) {
      say.accept(
          "'"
              + noun
              + "' is several tokens in this vocabulary, "
              + model.tokens(noun)
              + ": <rand-1> in its place");
    }
    TokenInitialiser named = one ? new TokenInitialiser.Word(noun) : RANDOM;
    return IntStream.range(0, count).mapToObj(i -> i < (count + 1) / 2 ? named : RANDOM).toList();
  }

  /** The names of the tokens. */
  List<String> names(int count) {
    return values
        .find("tokens")
        .filter(tokens -> !tokens.matches("\\d+"))
        .map(TextualInversionSettings::split)
        .orElseGet(() -> IntStream.rangeClosed(1, count).mapToObj(i -> "<s" + i + ">").toList());
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
          "the image '"
              + stem
              + "' has no "
              + STEM_PLACE
              + " in its name, where the tokens should go; rename it or leave out the option stems");
    }
    return stem.replace(STEM_PLACE, phrase);
  }

  /** AdamW on one weight. */
  public TrainingOptions training(String weight) {
    LearningRateSchedule schedule =
        new LearningRateSchedule(
            LearningRateSchedule.Shape.of(values.text("lr-schedule")),
            Math.toIntExact(values.integer("lr-warmup-steps")),
            steps());
    boolean constant = schedule.shape() == LearningRateSchedule.Shape.CONSTANT;
    return TrainingOptions.adamW(weight::equals, values.number("learning-rate"))
        .decaying(values.number("weight-decay"))
        .clippedAt(Double.POSITIVE_INFINITY)
        .accumulating(accumulation())
        .scheduled(constant && schedule.warmup() == 0 ? LearningRateSchedule.CONSTANT : schedule);
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
    return Math.toIntExact(values.integer("accumulation"));
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
