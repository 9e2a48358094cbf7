package dev.forgetmenot.host.bench;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Measures in rounds, so that what else the machine does meets all precisions alike: in each round
 * every precision is loaded, run and closed in turn, then a patch is solved for and one trained.
 */
public final class SpeedJob {
  private static final Concept CONCEPT = new Concept("a lighthouse", ConceptType.OBJECT);
  private static final String SOLVED = "uce";
  private static final String TRAINED = "resteer";
  private static final int TOKENS = 77;
  private static final int RUNS = 3;
  private static final Duration EACH = Duration.ofMillis(400);

  /** What can be measured. */
  public enum Part {
    /** Opening a model and reading its weights. */
    LOAD,
    /** Predictions of the UNet, decoded and whole images. */
    SAMPLING,
    /** A patch by a closed form, put on and taken off. */
    SOLVE,
    /** A patch by training, put on and taken off. */
    TRAINING
  }

  /**
   * What is measured and how long.
   *
   * @param parts of the list above
   * @param precisions in which networks are computed; edits are in FLOAT32 always
   * @param rounds how often each is measured
   * @param images of a batch
   * @param steps of the sampler for whole images
   * @param trainingSteps of the training, at least 2
   * @param training other settings of the training
   * @param width in pixels; the model's own if empty
   * @param height in pixels; the model's own if empty
   */
  public record Options(
      Set<Part> parts,
      List<ComputePrecision> precisions,
      int rounds,
      int images,
      int steps,
      int trainingSteps,
      Map<String, String> training,
      OptionalInt width,
      OptionalInt height) {
    /** Copies the collections. */
    public Options {
      parts = Set.copyOf(parts);
      precisions = List.copyOf(precisions);
      training = Map.copyOf(training);
    }
  }

  /** What one row is of. */
  private record Key(String what, String precision, String size, String unit, int batch) {}

  private final ModelLoader loader;
  private final Options options;
  private final Path scratch;
  private final JobContext context;
  private final Map<Key, List<Double>> values = new LinkedHashMap<>();
  private final Map<Key, UNetOperations> counted = new LinkedHashMap<>();
  private final Map<ComputePrecision, ProcessorPeaks> peaks = new EnumMap<>(ComputePrecision.class);

  /**
   * A measurement.
   *
   * @param scratch an existing folder for patches that are deleted again
   */
  public SpeedJob(ModelLoader loader, Options options, Path scratch, JobContext context) {
    this.loader = loader;
    this.options = options;
    this.scratch = scratch;
    this.context = context;
  }

  /**
   * Measures.
   *
   * @throws IOException if the model cannot be read, or a patch cannot be made or put on
   * @throws java.util.concurrent.CancellationException if the user stopped it
   */
  public List<SpeedRow> run() throws IOException {
    if (options.parts().contains(Part.SAMPLING)) {
      measurePeaks();
    }
    for (int round = 0; round < options.rounds(); round++) {
      if (options.parts().contains(Part.LOAD) || options.parts().contains(Part.SAMPLING)) {
        for (ComputePrecision precision : options.precisions()) {
          progress(round, precision.toString());
          draw(precision);
        }
      }
      edit(round);
    }
    List<SpeedRow> rows = new ArrayList<>();
    values.forEach((key, measured) -> rows.add(row(key, measured)));
    return rows;
  }

  private void progress(int round, String what) {
    context.checkCancelled();
    context.progress("round " + (round + 1) + ", " + what, round, options.rounds());
  }

  private void measurePeaks() {
    try (EngineThread engine = EngineThread.start(loader.device())) {
      for (ComputePrecision precision : options.precisions()) {
        progress(0, "peaks of " + precision);
        ProcessorPeaks measured = ProcessorPeaks.measure(engine, precision, EACH);
        peaks.put(precision, measured);
        String size = "largest of two sizes";
        add(new Key("matrix products", precision + "", size, "GFLOP/s", 0), measured.products());
        add(new Key("convolutions", precision + "", size, "GFLOP/s", 0), measured.convolutions());
      }
    }
  }

  private void draw(ComputePrecision precision) throws IOException {
    long begin = System.nanoTime();
    try (NamedModel hosted = loader.computing(precision).load(List.of())) {
      StableDiffusion model = hosted.model();
      Passes passes = new Passes(model);
      passes.smallest();
      if (options.parts().contains(Part.LOAD)) {
        add(new Key("load", precision + "", "first small pass too", "s", 0), Passes.since(begin));
      }
      if (options.parts().contains(Part.SAMPLING)) {
        sample(model, passes, precision);
      }
    }
  }

  private void sample(StableDiffusion model, Passes passes, ComputePrecision precision) {
    int width = options.width().orElse(model.imageSize());
    int height = options.height().orElse(model.imageSize());
    int stride = model.imageSize() / model.latentShape()[1];
    for (int images : options.images() > 1 ? List.of(1, options.images()) : List.of(1)) {
      context.checkCancelled();
      Key key =
          new Key(
              "prediction with guidance", precision + "", size(images, width, height), "s", images);
      add(key, passes.predict(2 * images, height / stride, width / stride, RUNS));
      counted.put(
          key,
          UNetOperations.of(
              model.base().tensors(),
              model.attentionSites(),
              2 * images,
              height / stride,
              width / stride,
              TOKENS));
    }
    add(
        new Key("latents to an image", precision + "", size(1, width, height), "s", 0),
        passes.decode(height / stride, width / stride));
    GenerationRequest request =
        GenerationRequest.builder("a photo of a lighthouse")
            .seed(1)
            .count(options.images())
            .steps(options.steps())
            .guidance(7.5)
            .width(width)
            .height(height)
            .build();
    long begin = System.nanoTime();
    model.generate(request, (step, of, at, image) -> {}, context::cancelled);
    add(
        new Key(
            "images of " + options.steps() + " steps",
            precision + "",
            size(options.images(), width, height),
            "images/s",
            0),
        options.images() / Passes.since(begin));
  }

  private static String size(int images, int width, int height) {
    return Message.of("%s x %s x %s px", images, width, height);
  }

  private void edit(int round) throws IOException {
    if (!options.parts().contains(Part.SOLVE) && !options.parts().contains(Part.TRAINING)) {
      return;
    }
    try (NamedModel hosted = loader.load(List.of())) {
      BenchForgetting bench = new BenchForgetting(hosted, loader.plugins(), scratch, context);
      if (options.parts().contains(Part.SOLVE)) {
        progress(round, SOLVED);
        BenchForgetting.Times times = bench.forget(SOLVED, CONCEPT, Map.of());
        add(new Key("closed form", "f32", SOLVED, "s", 0), times.made());
        addPatch(SOLVED, times);
      }
      if (options.parts().contains(Part.TRAINING)) {
        progress(round, TRAINED);
        Map<String, String> settings = new HashMap<>(options.training());
        settings.put("steps", Integer.toString(options.trainingSteps()));
        BenchForgetting.Times times = bench.forget(TRAINED, CONCEPT, settings);
        StringBuilder method = new StringBuilder(TRAINED);
        new TreeMap<>(options.training())
            .forEach((name, value) -> method.append(" " + name + "=" + value));
        Key key = new Key("training step", "f32", method + "", "s", 0);
        times.steps().forEach(step -> add(key, step));
        addPatch(method + "", times);
      }
    }
  }

  private void addPatch(String method, BenchForgetting.Times times) {
    add(new Key("patch put on", "f32", method, "s", 0), times.on());
    add(new Key("patch taken off", "f32", method, "s", 0), times.off());
  }

  private void add(Key key, double value) {
    values.computeIfAbsent(key, unused -> new ArrayList<>()).add(value);
  }

  private SpeedRow row(Key key, List<Double> measured) {
    UNetOperations operations = counted.get(key);
    OptionalDouble gflop = OptionalDouble.empty();
    OptionalDouble share = OptionalDouble.empty();
    if (operations != null) {
      gflop = OptionalDouble.of(operations.all() / 1e9);
      share = OptionalDouble.of(limit(key).seconds(operations) / SpeedRow.median(measured));
    }
    return new SpeedRow(
        key.what(), key.precision(), key.size(), key.unit(), measured, gflop, share);
  }

  /** The peak of all forms that compute in so many bits. */
  private ProcessorPeaks limit(Key key) {
    String bits = key.precision().split("-", 2)[0];
    return peaks.entrySet().stream()
        .filter(entry -> entry.getKey().toString().split("-", 2)[0].equals(bits))
        .map(Map.Entry::getValue)
        .reduce(ProcessorPeaks::or)
        .orElseThrow();
  }
}
