package org.example.fmn;

import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.stream.IntStream;
import org.pf4j.Extension;

/** Offers {@link HeunSampler} by name. */
@Extension
public final class HeunProvider implements SamplerProvider {
  @Override
  public String name() {
    return "example-heun";
  }

  @Override
  public String displayName() {
    return "Example Heun";
  }

  @Override
  public Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps) {
    if (schedule.predictionType() != PredictionType.EPSILON) {
      throw new IllegalArgumentException(
          "prediction_type " + schedule.predictionType() + ": example-heun supports EPSILON only");
    }
    return new HeunSampler(
        IntStream.range(0, schedule.trainSteps()).mapToDouble(schedule::sigma).toArray(), steps);
  }
}
