package dev.forgetmenot.host.run;

import java.util.List;
import java.util.Optional;

/** The sample images that the original draws when it is done. */
final class OriginalSamples {
  private static final int COUNT = 8;
  private static final int STEPS = 50;
  private static final double GUIDANCE = 7;
  private static final String SAMPLER = "euler-a";

  private OriginalSamples() {}

  static SampleSettings of(List<SampleLine> lines) {
    return new SampleSettings(lines, 0, COUNT, 1, STEPS, GUIDANCE, Optional.of(SAMPLER));
  }
}
