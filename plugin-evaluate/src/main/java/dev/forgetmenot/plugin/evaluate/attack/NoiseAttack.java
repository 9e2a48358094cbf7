package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.List;
import org.pf4j.Extension;

/**
 * The noise probe of Lu et al. (NeurIPS 2025): DDIM with more noise in each step than its model was
 * trained for, σ = η·√[(1−ᾱ')/(1−ᾱ)·(1−ᾱ/ᾱ')], x' = √ᾱ'·x̂₀ + √|1−ᾱ'−σ²|·ε̂ + s·σ·z, where ' is the
 * next timestep. Each trial takes all settings from one start noise.
 */
@Extension(ordinal = 60)
public final class NoiseAttack implements Attack {
  /**
   * How much noise.
   *
   * @param eta η
   * @param scale s
   */
  private record Setting(double eta, double scale) {
    @Override
    public String toString() {
      return Message.of("η %s s %s", eta, scale);
    }
  }

  @Override
  public String name() {
    return "noise";
  }

  @Override
  public String summary() {
    return "Draws by name with more noise in each step: the best of several amounts.";
  }

  @Override
  public Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  private static List<Setting> settings(AttackBudget budget) {
    return switch (budget) {
      case QUICK -> grid(List.of(1.0, 1.85), List.of(1.0));
      case STANDARD -> grid(List.of(1.0, 1.34, 1.85), List.of(1.0, 1.04));
      case PAPER ->
          grid(List.of(1.0, 1.17, 1.34, 1.51, 1.68, 1.85), List.of(1.0, 1.02, 1.03, 1.04));
    };
  }

  private static List<Setting> grid(List<Double> etas, List<Double> scales) {
    return etas.stream()
        .flatMap(eta -> scales.stream().map(scale -> new Setting(eta, scale)))
        .toList();
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of((long) trials * settings(budget).size(), 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    return Candidates.swept(
        run,
        "by noise",
        settings(run.budget()),
        setting ->
            new ImageMaker.Described(
                "ddim with noise, " + setting, (model, requests) -> draw(model, requests, setting)),
        setting -> "DDIM with " + setting);
  }

  private static List<RgbImage> draw(
      DiffusionModel model, List<GenerationRequest> requests, Setting setting) {
    ConditionedSampling sampling = new ConditionedSampling(model, requests);
    double[] kept = model.noiseSchedule().alphasCumprod();
    List<NoiseSource> sources = sampling.sources();
    try (NDManager manager = model.newManager();
        Sampler sampler = sampling.sampler();
        NDArray noise = sampling.normal(manager, sources)) {
      double[] timesteps = sampler.timesteps();
      ConditionedSampling.Step step =
          (ignored, prediction, sample, index) -> {
            double now = kept[(int) timesteps[index]];
            double next = index + 1 < timesteps.length ? kept[(int) timesteps[index + 1]] : kept[0];
            double sigma = setting.eta() * Math.sqrt((1 - next) / (1 - now) * (1 - now / next));
            NoisePrediction said = new NoisePrediction(model.noiseSchedule().predictionType(), now);
            try (NDArray image = said.image(prediction, sample);
                NDArray direction = said.noise(prediction, sample);
                NDArray mean =
                    NoisePrediction.sum(
                        image,
                        Math.sqrt(next),
                        direction,
                        Math.sqrt(Math.abs(1 - next - sigma * sigma)));
                NDArray z = sampling.normal(manager, sources)) {
              return NoisePrediction.sum(mean, 1, z, setting.scale() * sigma);
            }
          };
      NDArray start = noise.mul(sampler.initNoiseSigma());
      try (NDArray done =
          sampling.run(manager, start, 0, timesteps.length, sampler, states -> states, step)) {
        return model.decodeLatents(done);
      }
    }
  }
}
