package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What of the UNet is trained: the attention to the prompt, everything, or low-rank adapters; and
 * what the patch then holds. For the engine thread, where it takes the model.
 *
 * @param values the given values
 */
public record TrainableSettings(Settings values) {
  private static final String CROSS_ATTENTION = "cross-attention";
  private static final String UNET = "unet";
  private static final String LORA = "lora";
  private static final String DIRECTIONS = "concept-directions";
  private static final String AUTO = "auto";
  private static final Set<String> PROJECTIONS = Set.of("q", "k", "v", "out");

  /**
   * The learning rate of each choice, where the user gives none.
   *
   * @param directions of the adapters of {@link ConceptDirections}, as a share of its {@code keys}
   */
  public record Rates(double crossAttention, double unet, double lora, double directions) {
    /** For editors whose settings are {@link #parameters()}. */
    public Rates(double crossAttention, double unet, double lora) {
      this(crossAttention, unet, lora, Double.NaN);
    }
  }

  /** The settings. */
  public static List<SettingSpec> parameters() {
    return parameters(
        SettingSpec.choice(
            "trainable",
            List.of(CROSS_ATTENTION, UNET, LORA),
            "What is trained: the attention to the prompt only, the whole UNet, or low-rank"
                + " adapters, which make a light patch."));
  }

  /** The same for an editor that can train {@link ConceptDirections}, and does so by default. */
  public static List<SettingSpec> withDirections() {
    List<SettingSpec> all =
        new ArrayList<>(
            parameters(
                SettingSpec.choice(
                    "trainable",
                    List.of(AUTO, DIRECTIONS, CROSS_ATTENTION, UNET, LORA),
                    "What is trained: adapters on keys and values that read the text only where the"
                        + " concept differs from kept phrases, the attention to the prompt, the"
                        + " whole UNet, or low-rank adapters. auto is the first of these, or, with"
                        + " a learning rate, the second.")));
    all.add(
        1,
        SettingSpec.integer(
            "directions", 2, 1, 64, "Directions of each concept that concept-directions read."));
    return all;
  }

  private static List<SettingSpec> parameters(SettingSpec trainable) {
    return List.of(
        trainable,
        SettingSpec.flag(
                "fp16",
                "The patch holds changed values as halves: half its size, 11 significant bits."
                    + " Adapters, which are small, are not.")
            .formerly("half"),
        SettingSpec.integer("lora-rank", 4, 1, LowRank.MAX_RANK, "Rank of the adapters."),
        SettingSpec.number(
            "lora-alpha", Double.MIN_VALUE, 1e6, "Alpha of the adapters; without it the rank."),
        SettingSpec.list(
                "lora-targets",
                List.of("q", "k", "v", "out"),
                "A projection of the attention that gets an adapter: q, k, v or out.")
            .formerlySplitAt(","),
        SettingSpec.flag(
            "lora-self-attention", "Adapters on self attention too, not only on cross attention."));
  }

  /** What is trained, as the setting says it; what {@code auto} stands for. */
  public String choice() {
    String given = values.text("trainable");
    if (!given.equals(AUTO)) {
      return given;
    }
    return values.find("learning-rate").isPresent() ? CROSS_ATTENTION : DIRECTIONS;
  }

  private boolean half() {
    return values.flag("fp16");
  }

  private int width() {
    return half() ? Short.BYTES : Float.BYTES;
  }

  private boolean lora() {
    return choice().equals(LORA) || reading();
  }

  /** Whether the choice is what {@link ConceptDirections} read. */
  boolean reading() {
    return choice().equals(DIRECTIONS);
  }

  /**
   * What adapters read, if the choice is to train such.
   *
   * @param concepts as prompts say them
   * @throws IOException if a file of phrases cannot be read
   */
  public Optional<ConceptDirections> directions(
      DiffusionModel model, List<Concept> concepts, JobContext context) throws IOException {
    return reading()
        ? Optional.of(
            ConceptDirections.of(
                model, concepts, Math.toIntExact(values.integer("directions")), context))
        : Optional.empty();
  }

  /** The learning rate of the choice. */
  public double rate(Rates rates, Optional<ConceptDirections> directions) {
    if (directions.isPresent()) {
      return rates.directions() * directions.get().keys();
    }
    return switch (choice()) {
      case UNET -> rates.unet();
      case LORA -> rates.lora();
      default -> rates.crossAttention();
    };
  }

  /** What is trained, in words of a sentence. */
  public String words() {
    return switch (choice()) {
      case UNET -> "the whole UNet";
      case LORA -> "adapters of rank " + values.integer("lora-rank");
      case DIRECTIONS ->
          "adapters that read " + values.integer("directions") + " directions of each concept";
      default -> "the cross attention";
    };
  }

  /** Chooses the weights that are trained, or that get adapters. */
  private Predicate<String> weights(DiffusionModel model) {
    if (choice().equals(UNET)) {
      return name -> name.startsWith("unet/");
    }
    boolean both = choice().equals(LORA) && values.flag("lora-self-attention");
    Set<String> modules =
        model.attentionSites().stream()
            .filter(site -> site.cross() || both)
            .map(AttentionLayer::name)
            .collect(Collectors.toSet());
    if (!lora()) {
      return name -> modules.stream().anyMatch(module -> name.startsWith("unet/" + module + "."));
    }
    Set<String> adapted =
        modules.stream()
            .flatMap(module -> projections().stream().map(p -> weight(module, p)))
            .collect(Collectors.toSet());
    return adapted::contains;
  }

  private static String weight(String module, String projection) {
    return Message.of(
        "unet/%s.to_%s%s.weight", module, projection, projection.equals("out") ? ".0" : "");
  }

  private List<String> projections() {
    if (reading()) {
      return List.of("k", "v");
    }
    List<String> given = values.list("lora-targets");
    for (String projection : given) {
      if (!PROJECTIONS.contains(projection)) {
        throw new IllegalArgumentException(
            "lora-targets are some of q, k, v and out, not '" + projection + "'");
      }
    }
    return given;
  }

  private Optional<LoraOptions> adapters(long seed, Optional<ConceptDirections> directions) {
    if (directions.isPresent()) {
      return Optional.of(LoraOptions.reading(directions.get().down()));
    }
    if (!lora()) {
      return Optional.empty();
    }
    double alpha = values.find("lora-alpha").map(Double::parseDouble).orElse((double) rank());
    return Optional.of(new LoraOptions(rank(), alpha, seed));
  }

  /**
   * Refuses a choice whose values would not fit into a patch, before anything is drawn or trained.
   *
   * @throws PatchFormatException FMN-111
   */
  public void checkSize(DiffusionModel model) throws PatchFormatException {
    if (lora()) {
      return;
    }
    long bytes = width() * numbers(model);
    if (bytes > PatchWriter.CAPACITY) {
      throw new PatchFormatException(
          PatchError.SIZE_LIMIT,
          "--trainable " + choice(),
          Message.of(
              "%s has %.1f GiB of values and a patch holds less than 16; train the attention to the"
                  + " prompt (--trainable cross-attention) or adapters (--trainable lora)%s",
              words(), bytes / (double) (1L << 30), half() ? "" : ", or store halves (--fp16)"));
    }
  }

  /** How many numbers are trained. */
  public long numbers(DiffusionModel model) {
    long numbers = 0;
    for (String name : chosen(model)) {
      long[] shape = model.weights().shape(name);
      long inputs = TensorInfo.elements(shape) / shape[0];
      numbers +=
          lora() ? (shape[0] + (reading() ? 0 : inputs)) * rank() : TensorInfo.elements(shape);
    }
    return numbers;
  }

  /** An edit of the names, shapes and types of {@link #edit} that changes nothing. */
  PatchEdit outline(DiffusionModel model) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    Map<String, LowRank> factors = new LinkedHashMap<>();
    for (String name : chosen(model)) {
      long[] shape = model.weights().shape(name);
      int values = Math.toIntExact(TensorInfo.elements(shape));
      if (lora()) {
        int outputs = Math.toIntExact(shape[0]);
        float[] down = new float[values / outputs * rank()];
        factors.put(name, new LowRank(shape, rank(), rank(), down, new float[outputs * rank()]));
      } else {
        deltas.put(name, new Delta(shape, () -> new float[values], half()));
      }
    }
    return lora() ? new LowRankEdit(factors) : new DeltaEdit(deltas);
  }

  private List<String> chosen(DiffusionModel model) {
    return model.weights().names().stream().filter(weights(model)).toList();
  }

  private int rank() {
    return Math.toIntExact(values.integer(reading() ? "directions" : "lora-rank"));
  }

  /**
   * AdamW on what is trained.
   *
   * @param directions what {@link #directions} gave
   * @throws IllegalArgumentException if a target of adapters is not a projection
   */
  public TrainingOptions options(
      DiffusionModel model,
      OptimizerSettings optimizer,
      Rates rates,
      Optional<ConceptDirections> directions) {
    TrainingOptions plain = optimizer.training(weights(model), rate(rates, directions));
    return adapters(optimizer.seed(), directions).map(plain::adapting).orElse(plain);
  }

  /**
   * What has been trained, as a patch holds it; it stays when the scope is closed.
   *
   * @param context of the job: a large change is kept on disk, see {@link ChangedWeights}
   * @throws IllegalArgumentException if nothing has changed
   * @throws IOException if the disk is too full for it
   */
  public PatchEdit edit(DiffusionModel model, TrainingScope scope, JobContext context)
      throws IOException {
    return lora()
        ? adapters(scope)
        : new DeltaEdit(ChangedWeights.of(model.weights(), scope.trainable(), half(), context));
  }

  /** What adapters have learned, as a patch holds it: those that say anything. */
  public static LowRankEdit adapters(TrainingScope scope) {
    Map<String, LowRank> factors = new LinkedHashMap<>();
    scope
        .adapters()
        .forEach(
            (name, factor) -> {
              if (factor.norm() > 0) {
                factors.put(name, factor);
              }
            });
    return new LowRankEdit(factors);
  }
}
