package dev.forgetmenot.api.sampling;

import dev.forgetmenot.api.model.NoiseSchedule;
import java.util.List;
import org.pf4j.ExtensionPoint;

/** Gives a sampler a name. Extension point: plugins add samplers with it. */
public interface SamplerProvider extends ExtensionPoint {
  /** The name on the command line: lower case, words joined by hyphens, such as {@code euler-a}. */
  String name();

  /** The name that A1111 prints, such as {@code Euler a}. */
  String displayName();

  /** diffusers' classes that select this sampler when a model's folder names them. */
  default List<String> schedulerClasses() {
    return List.of();
  }

  /**
   * A sampler for one run.
   *
   * @param schedule the forward process that the model was trained with: its ᾱ, noise levels and
   *     prediction type
   * @param config the model's scheduler configuration, for what the process does not say, such as
   *     {@code timestep_spacing}
   * @param steps number of steps, at least 1
   * @throws IllegalArgumentException if the configuration asks for something that this sampler does
   *     not do; the message names the key
   */
  Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps);
}
