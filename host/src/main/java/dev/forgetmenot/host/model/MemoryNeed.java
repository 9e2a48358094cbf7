package dev.forgetmenot.host.model;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.MemoryFacts;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * About how much memory a command takes at its peak, in bytes: the process and the judge of images
 * all the time, and with them either the edit or the images, whichever is more. {@link MemoryModel}
 * works them out.
 *
 * @param program the JVM with its heap, as far as {@code -Xmx} lets it grow, and the engine
 * @param judge the CLIP that judges images; 0 without one
 * @param weights of the parts of the model that the edit uses
 * @param training gradients, moments and copies of what is trained
 * @param passes what passes of the networks keep
 * @param images all weights of the model and the drawing of an image; 0 where none is drawn
 */
public record MemoryNeed(
    long program, long judge, long weights, long training, long passes, long images) {
  /** An estimate may be off by this share, and a job that would just not fit may fit. */
  private static final double SLACK = 1.25;

  /** The peak. */
  public long total() {
    return program + judge + Math.max(weights + training + passes, images);
  }

  /** What a user reads, such as {@code needs about 14 GB; 21 GB are free}. */
  public String line(MemoryFacts facts) {
    Map<String, Long> parts = new LinkedHashMap<>();
    parts.put("model", weights);
    parts.put("training", training);
    parts.put("one step", passes);
    parts.put("model and decoder to draw images", images);
    parts.put("judge of images", judge);
    String said =
        parts.entrySet().stream()
            .filter(part -> part.getValue() > 0)
            .map(part -> part.getKey() + " " + ByteSizes.of(part.getValue()))
            .collect(Collectors.joining(", "));
    return Message.of(
        "needs about %s of memory (%s); %s are free",
        ByteSizes.of(total()), said, ByteSizes.of(free(facts)));
  }

  /** What this process has already is free for it. */
  private static long free(MemoryFacts facts) {
    return facts.available() + facts.resident().orElse(0);
  }

  /**
   * Refuses what cannot do.
   *
   * @param remedy what a user may do instead
   * @throws IOException if much more is needed than is free
   */
  public void check(MemoryFacts facts, String remedy) throws IOException {
    if (total() > SLACK * free(facts)) {
      throw new IOException(
          line(facts) + ": it would fail on the way. Close other programs, or " + remedy);
    }
  }
}
