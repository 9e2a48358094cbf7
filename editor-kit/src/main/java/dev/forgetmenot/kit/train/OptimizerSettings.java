package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.TrainingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How long and how fast is trained.
 *
 * @param values the given values
 */
public record OptimizerSettings(Settings values) {
  /** The name of {@link #checkpointing()}, which changes no setting of a step. */
  public static final String CHECKPOINTING = "gradient-checkpointing";

  /** The name of {@link #mixedPrecision()}; "no" is what earlier releases did. */
  public static final String MIXED_PRECISION = "mixed-precision";

  private static final String BF16 = "bf16";
  private static final int LONGEST = 100_000;

  /**
   * The settings.
   *
   * @param steps the default
   * @param rates the default learning rates in words, for the help page
   */
  public static List<SettingSpec> parameters(int steps, String rates) {
    return parameters(steps, 1, LearningRateSchedule.Shape.CONSTANT, rates);
  }

  /** The same with other defaults of the batch and of the schedule. */
  public static List<SettingSpec> parameters(
      int steps, int batch, LearningRateSchedule.Shape schedule, String rates) {
    return List.of(
        SettingSpec.integer("steps", steps, 1, LONGEST, "Optimizer steps."),
        SettingSpec.number(
            "learning-rate",
            Double.MIN_VALUE, // above 0
            1,
            "Learning rate; without it " + rates + "."),
        SettingSpec.choice(
                "lr-scheduler",
                Stream.concat(
                        Stream.of(schedule), Arrays.stream(LearningRateSchedule.Shape.values()))
                    .distinct()
                    .map(LearningRateSchedule.Shape::word)
                    .toList(),
                "How the learning rate changes over the steps.")
            .formerly("lr-schedule"),
        SettingSpec.integer(
                "lr-warmup-steps", 0, 0, LONGEST, "Steps in which the learning rate rises from 0.")
            .formerly("lr-warmup"),
        SettingSpec.number("weight-decay", 0.01, 0, 1, "Weight decay of AdamW."),
        SettingSpec.number(
            "max-grad-norm", 1, 1e-9, 1e9, "The gradient is shortened to this global norm."),
        SettingSpec.integer("train-batch-size", batch, 1, 256, "Images of one batch.")
            .formerly("batch"),
        SettingSpec.integer(
                "gradient-accumulation-steps",
                1,
                1,
                1024,
                "Batches whose gradients make one step, as their mean.")
            .formerly("accumulation"),
        checkpointing(),
        mixedPrecision(),
        SettingSpec.integer(
            "save-every", 50, 1, LONGEST, "Steps between two states that a stopped job resumes."),
        SettingSpec.integer(
            "seed", 0, 0, Integer.MAX_VALUE, "Seed of the images and of every step."));
  }

  /** Whether activations are kept, of every editor that trains and of textual inversion. */
  public static SettingSpec checkpointing() {
    return SettingSpec.flag(
        CHECKPOINTING,
        "Compute activations again while gradients are computed, in place of keeping them: much"
            + " less memory, about a third more time.");
  }

  /** The value of {@link #checkpointing()}. */
  public static boolean checkpointed(Settings values) {
    return values.flag(CHECKPOINTING);
  }

  /** What products are computed in, of every editor that trains and of textual inversion. */
  public static SettingSpec mixedPrecision() {
    return SettingSpec.choice(
        MIXED_PRECISION,
        List.of("no", BF16),
        "bf16: products of the UNet in bfloat16, weights and gradients in float32; fast on"
            + " processors that have instructions for it, slow on others.");
  }

  /** The value of {@link #mixedPrecision()}. */
  public static boolean mixed(Settings values) {
    return values.text(MIXED_PRECISION).equals(BF16);
  }

  /** Optimizer steps. */
  public int steps() {
    return integer("steps");
  }

  /** Images of one batch. */
  public int batch() {
    return integer("train-batch-size");
  }

  /** How long is trained; the goal of an editor without {@code stop-below} is never reached. */
  public Trainer.Plan plan() {
    return new Trainer.Plan(
        steps(),
        integer("gradient-accumulation-steps"),
        integer("save-every"),
        "stop-below "
            + values.find("stop-below").orElse("")
            + values.find("stop-at").map(part -> " stop-at " + part).orElse(""));
  }

  /** Seed of the images and of every step. */
  public long seed() {
    return values.integer("seed");
  }

  /** The given learning rate, or another. */
  public double rate(double otherwise) {
    return values.find("learning-rate").map(Double::parseDouble).orElse(otherwise);
  }

  /**
   * AdamW on the chosen weights.
   *
   * @param weights says of a canonical name whether it is trained
   * @param otherwise the learning rate where none was given
   */
  public TrainingOptions training(Predicate<String> weights, double otherwise) {
    return TrainingOptions.adamW(weights, rate(otherwise))
        .decaying(values.number("weight-decay"))
        .clippedAt(values.number("max-grad-norm"))
        .accumulating(integer("gradient-accumulation-steps"))
        .scheduled(schedule())
        .checkpointing(checkpointed(values))
        .mixing(mixed(values));
  }

  private LearningRateSchedule schedule() {
    LearningRateSchedule.Shape shape = LearningRateSchedule.Shape.of(values.text("lr-scheduler"));
    // A constant rate does not depend on the number of steps: such a job may be made longer.
    boolean endless =
        shape == LearningRateSchedule.Shape.CONSTANT
            || shape == LearningRateSchedule.Shape.CONSTANT_WITH_WARMUP;
    return new LearningRateSchedule(shape, integer("lr-warmup-steps"), endless ? 1 : steps());
  }

  private int integer(String name) {
    return Math.toIntExact(values.integer(name));
  }
}
