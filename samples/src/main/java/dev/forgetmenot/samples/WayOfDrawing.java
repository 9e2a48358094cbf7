package dev.forgetmenot.samples;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;

/**
 * Settings of images, as {@code sampler=ddim guidance-until=0.6} says them; what is not said is as
 * {@link GenerationRequest#of} has it.
 */
record WayOfDrawing(String name, GenerationRequest settings) {
  /**
   * Reads settings.
   *
   * @param text {@code key=value}, with blanks between them
   * @throws IllegalArgumentException if a key is not known or a value is out of its range
   */
  static WayOfDrawing parse(String text) {
    GenerationRequest request = GenerationRequest.of("");
    for (String part : text.strip().split(" +", -1)) {
      String[] pair = part.split("=", 2);
      String value = pair.length == 2 ? pair[1] : "";
      request = with(request, pair[0], value).build();
    }
    return new WayOfDrawing(text, request);
  }

  private static GenerationRequest.Builder with(
      GenerationRequest request, String key, String value) {
    GuidanceInterval guided = request.guidanceInterval();
    FeatureCache cache = request.featureCache();
    GenerationRequest.Builder builder = request.toBuilder();
    return switch (key) {
      case "sampler" -> builder.sampler(value);
      case "steps" -> builder.steps(Integer.parseInt(value));
      case "seed" -> builder.seed(Long.parseLong(value));
      case "guidance-from" ->
          builder.guidanceInterval(new GuidanceInterval(Double.parseDouble(value), guided.until()));
      case "guidance-until" ->
          builder.guidanceInterval(new GuidanceInterval(guided.from(), Double.parseDouble(value)));
      case "cache-depth" ->
          builder.featureCache(new FeatureCache(Integer.parseInt(value), cache.interval()));
      case "cache-interval" ->
          builder.featureCache(new FeatureCache(cache.depth(), Integer.parseInt(value)));
      default ->
          throw new IllegalArgumentException(
              "'"
                  + key
                  + "' is no setting; expected sampler, steps, seed, guidance-from, guidance-until,"
                  + " cache-depth or cache-interval, each with =VALUE");
    };
  }
}
