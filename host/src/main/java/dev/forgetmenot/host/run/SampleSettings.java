package dev.forgetmenot.host.run;

import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.List;
import java.util.Optional;

/**
 * Which sample images a run draws before it begins, on the way and when it is done.
 *
 * @param lines what is drawn
 * @param every training steps between two sets on the way; 0 for none
 * @param count images of a line, of seeds that count on
 * @param seed of the first image of lines that name none
 * @param steps of the sampler, for lines that name none
 * @param guidance for lines that name none
 * @param sampler its name; empty for the model's own
 */
public record SampleSettings(
    List<SampleLine> lines,
    int every,
    int count,
    long seed,
    int steps,
    double guidance,
    Optional<String> sampler) {
  /** Copies the list. */
  public SampleSettings {
    lines = List.copyOf(lines);
  }

  /** The same of other lines. */
  SampleSettings of(List<SampleLine> others) {
    return new SampleSettings(others, every, count, seed, steps, guidance, sampler);
  }

  /** One request a line. */
  List<GenerationRequest> requests() {
    return lines.stream().map(line -> line.request(this)).toList();
  }
}
