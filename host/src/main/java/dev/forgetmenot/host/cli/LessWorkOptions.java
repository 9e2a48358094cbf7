package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.RecordedSettings;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that leave out work: nearly the same image in less time. */
final class LessWorkOptions {
  @Option(
      names = "--fast",
      description = {
        "Leave out what changes images least: --cache-depth 0 --cache-interval 2; options of these",
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
        "cache depth %s, cache interval %s; images differ a little from those without it",
        cache.depth(), cache.interval());
  }
}
