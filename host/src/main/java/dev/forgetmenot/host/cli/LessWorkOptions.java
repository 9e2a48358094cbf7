package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.RecordedSettings;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options that leave out work: nearly the same image in less time. */
final class LessWorkOptions {
  /**
   * Of those that were measured the fastest whose images were recognised as well as 20 steps of
   * DDIM.
   */
  private static final String FAST_SAMPLER = "dpmpp-2m";

  private static final int FAST_STEPS = 14;

  /** Schedulers of models that were distilled for few steps of their own sampler. */
  private static final Set<String> DISTILLED = Set.of("LCMScheduler", "TCDScheduler");

  @Option(
      names = "--fast",
      description = {
        "Less than half of the work for images that are recognised as well:",
        "--sampler "
            + FAST_SAMPLER
            + " --steps "
            + FAST_STEPS
            + " --cache-depth 0 --cache-interval 2; options of these",
        "names may be given beside it. What is set is said."
      })
  private boolean fast;

  @Option(
      names = "--guidance-from",
      paramLabel = "SHARE",
      description = "Follow the prompt alone before this share of the steps (default: 0).")
  private Double guidanceFrom;

  @Option(
      names = "--guidance-until",
      paramLabel = "SHARE",
      description = {
        "Follow the prompt alone after this share of the steps, at half the work for each; 0 to 1",
        "(default: 1)."
      })
  private Double guidanceUntil;

  @Option(
      names = "--cache-depth",
      paramLabel = "N",
      description = {
        "Keep what the UNet's deep layers said for the next steps, and compute only those above the",
        "N-th skip connection, from 0 (DeepCache's cache_branch_id; default: off)."
      })
  private Integer cacheDepth;

  @Option(
      names = "--cache-interval",
      paramLabel = "N",
      description = "With --cache-depth: compute all layers at every N-th step (default: 2).")
  private Integer cacheInterval;

  /** The sampler of {@code --fast}. */
  Optional<String> sampler() {
    return fast ? Optional.of(FAST_SAMPLER) : Optional.empty();
  }

  /** The steps of {@code --fast}. */
  Optional<Integer> steps() {
    return fast ? Optional.of(FAST_STEPS) : Optional.empty();
  }

  /**
   * Refuses {@code --fast} for a model that needs its own sampler.
   *
   * @param named whether a sampler was asked for beside it
   */
  void check(SchedulerConfig own, boolean named) {
    String scheduler = own.text("_class_name", "");
    if (fast && !named && DISTILLED.contains(scheduler)) {
      throw new IllegalArgumentException(
          Message.of(
              "--fast draws with %s, and this model was distilled for few steps of %s: leave --fast out, or name a --sampler",
              FAST_SAMPLER, scheduler));
    }
  }

  /** Sets what was asked for, then what an image says, or else the usual. */
  void applyTo(GenerationRequest.Builder request, RecordedSettings recorded) {
    GuidanceInterval guided = recorded.guidanceInterval();
    request.guidanceInterval(
        new GuidanceInterval(
            guidanceFrom == null ? guided.from() : guidanceFrom,
            guidanceUntil == null ? guided.until() : guidanceUntil));
    Optional<FeatureCache> cache = fast ? Optional.of(FeatureCache.FAST) : recorded.featureCache();
    if (cacheDepth != null || cacheInterval != null) {
      FeatureCache usual = cache.orElse(FeatureCache.FAST);
      cache =
          Optional.of(
              new FeatureCache(
                  cacheDepth == null ? usual.depth() : cacheDepth,
                  cacheInterval == null ? usual.interval() : cacheInterval));
    }
    request.featureCache(cache.orElse(FeatureCache.NONE));
  }

  /** What {@code --fast} set, for people; empty without it. */
  Optional<String> note(GenerationRequest request) {
    return fast ? Optional.of("--fast: " + said(request)) : Optional.empty();
  }

  private static String said(GenerationRequest request) {
    FeatureCache cache = request.featureCache();
    return Message.of(
        "sampler %s, %s steps, cache depth %s, cache interval %s; images differ from those without it",
        request.sampler().orElse(""), request.steps(), cache.depth(), cache.interval());
  }
}
