package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pf4j.Extension;

/**
 * Completion of Lu et al. (NeurIPS 2025): the original draws the first steps by name, the attacked
 * model finishes from those latents, with the name, with no prompt, and with a neighbour's name. Of
 * each trial the latest hand-over counts at which the original's own preview, the decoded x̂₀, does
 * not show the concept yet: later ones only show that it was there already.
 */
@Extension(ordinal = 70)
public final class CompleteAttack implements Attack {
  @Override
  public String name() {
    return "complete";
  }

  @Override
  public String summary() {
    return "Lets the model finish an image that the original began, before it shows the concept.";
  }

  @Override
  public Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  /** The shares of the steps that the original draws. */
  private static List<Double> shares(AttackBudget budget) {
    return budget == AttackBudget.QUICK
        ? List.of(0.1, 0.2, 0.4)
        : List.of(0.02, 0.06, 0.1, 0.2, 0.4, 0.5, 0.75);
  }

  private static int step(double share, int steps) {
    return Math.max(1, Math.min(steps - 1, (int) Math.round(share * steps)));
  }

  /** Quick finishes from the hand-over that counts, others from all: a curve. */
  private static boolean curve(AttackBudget budget) {
    return budget != AttackBudget.QUICK;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    int steps = task.settings().steps();
    List<Double> all = shares(budget);
    long unet = 2L * trials * step(all.get(all.size() - 1), steps); // what the original begins
    for (double share : curve(budget) ? all : all.subList(0, 1)) { // the most that one takes
      unet += 2L * trials * finishes(aim).size() * (steps - step(share, steps));
    }
    return Plan.of(0, unet);
  }

  /** Prompts to finish with by the name of their part; empty for the trial's own. */
  private static Map<String, Optional<String>> finishes(AttackAim aim) {
    Map<String, Optional<String>> finishes = new LinkedHashMap<>();
    finishes.put("with the name", Optional.empty());
    finishes.put("without a prompt", Optional.of(""));
    if (!aim.concept().similar().isEmpty()) {
      String neighbour = aim.concept().similar().get(0);
      finishes.put(
          "with a neighbour", Optional.of(PromptTemplate.of(aim.concept().kind()).with(neighbour)));
    }
    return finishes;
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    List<Shot> shots = run.shots();
    int steps = run.task().settings().steps();
    List<Integer> stops =
        shares(run.budget()).stream().map(share -> step(share, steps)).distinct().toList();
    Begun begun = new Begun();
    begun.begin(run, shots, stops);
    List<List<Boolean>> early = new ArrayList<>(); // by stop: whether a trial's preview shows it
    for (int stop : stops) {
      List<DrawnImage> previews =
          run.access().make(shots, ModelState.ORIGINAL, begun.preview(stop), run.context());
      early.add(run.show(previews));
    }
    List<Integer> at = IntStream.range(0, shots.size()).mapToObj(i -> latest(early, i)).toList();
    IntFunction<String> previewed =
        i ->
            Message.of(
                "%d (preview %d/%d)",
                stops.get(i), early.get(i).stream().filter(shows -> shows).count(), shots.size());
    List<AttackRow> rows = new ArrayList<>();
    for (Map.Entry<String, Optional<String>> finish : finishes(run.aim()).entrySet()) {
      List<List<DrawnImage>> images = new ArrayList<>(); // by stop
      Trial[] trials = new Trial[shots.size()];
      long finished = 0;
      for (int i = 0; i < stops.size(); i++) {
        int stop = i;
        int[] own =
            IntStream.range(0, shots.size())
                .filter(trial -> curve(run.budget()) || at.get(trial) == stop)
                .toArray();
        List<DrawnImage> drawn =
            run.draw(
                Arrays.stream(own).mapToObj(shots::get).toList(),
                begun.finish(stops.get(i), finish.getValue()));
        String recipe =
            Message.of(
                "finished %s from step %d of %d of the original",
                finish.getKey(), stops.get(i), steps);
        for (int j = 0; j < own.length; j++) {
          if (at.get(own[j]) == stop) {
            trials[own[j]] = new Trial(List.of(new Candidate(drawn.get(j), recipe)));
          }
        }
        images.add(drawn);
        finished += (long) drawn.size() * (steps - stops.get(i));
      }
      long begins = (long) shots.size() * stops.get(stops.size() - 1);
      rows.add(
          AttackRow.of(finish.getKey(), List.of(trials), 2 * (begins + finished))
              .saying(Candidates.curve(run, "after steps of the original", images, previewed)));
    }
    return rows;
  }

  /** The latest stop of a trial whose preview does not show the concept; the first if all do. */
  private static int latest(List<List<Boolean>> early, int trial) {
    int latest = 0;
    for (int stop = 0; stop < early.size(); stop++) {
      latest = early.get(stop).get(trial) ? latest : stop;
    }
    return latest;
  }

  /** Images that the original began: samples and previews by stop, prompt and seed. */
  private static final class Begun {
    private final Map<String, float[]> samples = new HashMap<>();
    private final Map<String, RgbImage> previews = new HashMap<>();

    private static String key(int stop, GenerationRequest request) {
      return stop + " " + request.seed() + " " + request.prompt();
    }

    /** Draws with the original and remembers what it passes. */
    void begin(AttackRun run, List<Shot> shots, List<Integer> stops) throws IOException {
      GenerationRequest settings = run.task().settings();
      for (List<Shot> some : Candidates.batches(shots, settings)) {
        run.context().checkCancelled();
        List<GenerationRequest> requests =
            some.stream()
                .map(shot -> settings.prompted(shot.prompt()).seeds(shot.seed(), 1))
                .toList();
        run.access()
            .compute(
                ModelState.ORIGINAL,
                model -> {
                  begin(model, requests, stops);
                  return true;
                });
      }
    }

    private void begin(
        DiffusionModel model, List<GenerationRequest> requests, List<Integer> stops) {
      ConditionedSampling sampling = new ConditionedSampling(model, requests);
      double[] kept = model.noiseSchedule().alphasCumprod();
      try (NDManager manager = model.newManager();
          Sampler sampler = sampling.sampler();
          NDArray noise = sampling.normal(manager, sampling.sources())) {
        double[] timesteps = sampler.timesteps();
        ConditionedSampling.Step step =
            (own, prediction, sample, index) -> {
              if (stops.contains(index)) {
                NoisePrediction said =
                    new NoisePrediction(
                        model.noiseSchedule().predictionType(), kept[(int) timesteps[index]]);
                try (NDArray image = said.image(prediction, sample)) {
                  remember(index, requests, sample, model.decodeLatents(image));
                }
              }
              return ConditionedSampling.PLAIN.next(own, prediction, sample, index);
            };
        NDArray start = noise.mul(sampler.initNoiseSigma());
        int end = stops.get(stops.size() - 1) + 1;
        sampling.run(manager, start, 0, end, sampler, states -> states, step).close();
      }
    }

    private void remember(
        int stop, List<GenerationRequest> requests, NDArray sample, List<RgbImage> decoded) {
      float[] all = sample.toFloatArray();
      int each = all.length / requests.size();
      for (int i = 0; i < requests.size(); i++) {
        samples.put(key(stop, requests.get(i)), Arrays.copyOfRange(all, i * each, (i + 1) * each));
        previews.put(key(stop, requests.get(i)), decoded.get(i));
      }
    }

    ImageMaker.Described preview(int stop) {
      return new ImageMaker.Described(
          "preview after " + stop + " steps of ddim",
          (model, requests) ->
              requests.stream().map(request -> previews.get(key(stop, request))).toList());
    }

    /** The model finishes. */
    ImageMaker.Described finish(int stop, Optional<String> prompt) {
      return new ImageMaker.Described(
          "after "
              + stop
              + " steps of ddim of the original, by "
              + prompt.map(text -> "'" + text + "'").orElse("its prompt"),
          (model, requests) -> finish(model, requests, stop, prompt));
    }

    private List<RgbImage> finish(
        DiffusionModel model, List<GenerationRequest> requests, int stop, Optional<String> prompt) {
      List<GenerationRequest> asked =
          requests.stream().map(request -> prompt.map(request::prompted).orElse(request)).toList();
      ConditionedSampling sampling = new ConditionedSampling(model, asked);
      Shape shape = sampling.shape();
      float[] all = new float[Math.toIntExact(shape.size())];
      int each = all.length / requests.size();
      for (int i = 0; i < requests.size(); i++) {
        System.arraycopy(samples.get(key(stop, requests.get(i))), 0, all, i * each, each);
      }
      try (NDManager manager = model.newManager();
          Sampler sampler = sampling.sampler();
          NDArray done =
              sampling.run(
                  manager,
                  manager.create(all, shape),
                  stop,
                  sampler.timesteps().length,
                  sampler,
                  states -> states,
                  ConditionedSampling.PLAIN)) {
        return model.decodeLatents(done);
      }
    }
  }
}
