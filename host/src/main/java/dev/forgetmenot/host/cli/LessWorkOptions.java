package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that leave out work: nearly the same image in less time. */
final class LessWorkOptions {
  private static final int DEPTH = 0;
  private static final int INTERVAL = 3;

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
      description =
          "With --cache-depth: compute all layers at every N-th step (default: " + INTERVAL + ").")
  private Integer cacheInterval;

  /** Sets what was asked for, then what an image says, or else the usual. */
  void applyTo(GenerationRequest.Builder request, RecordedSettings recorded) {
    GuidanceInterval guided = recorded.guidanceInterval();
    request.guidanceInterval(
        new GuidanceInterval(
            guidanceFrom == null ? guided.from() : guidanceFrom,
            guidanceUntil == null ? guided.until() : guidanceUntil));
    Optional<FeatureCache> said = recorded.featureCache();
    if (cacheDepth == null && cacheInterval == null) {
      request.featureCache(said.orElse(FeatureCache.NONE));
      return;
    }
    FeatureCache usual = said.orElse(new FeatureCache(DEPTH, INTERVAL));
    request.featureCache(
        new FeatureCache(
            cacheDepth == null ? usual.depth() : cacheDepth,
            cacheInterval == null ? usual.interval() : cacheInterval));
  }
}
