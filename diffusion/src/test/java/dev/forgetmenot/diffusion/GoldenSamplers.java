package dev.forgetmenot.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.SamplerProvider;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** Samplers by the names of the references. Those that do not exist here are named, one by one. */
public final class GoldenSamplers {
  /** In the references, not in the program: skipped. */
  private static final Set<String> MISSING =
      Set.of("ddpm", "dpmpp-2m", "dpmpp-2m-karras", "heun", "lms", "unipc");

  private GoldenSamplers() {}

  /** The sampler of a name; skips the test if it is one of the missing, fails if it is not. */
  public static SamplerProvider require(List<SamplerProvider> all, String name) {
    Optional<SamplerProvider> found =
        all.stream().filter(provider -> provider.name().equals(name)).findFirst();
    if (MISSING.contains(name)) {
      assertThat(found).as("the list of missing samplers names '%s', which exists", name).isEmpty();
      Assumptions.abort("no sampler is named " + name + " yet");
    }
    assertThat(found)
        .as("a reference has the sampler '%s', which neither exists nor is a missing one", name)
        .isPresent();
    return found.orElseThrow();
  }
}
