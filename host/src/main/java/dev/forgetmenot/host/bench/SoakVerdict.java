package dev.forgetmenot.host.bench;

import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Whether a process stayed as it was. The first quarter of the samples is warm-up; of the others
 * the medians of the first and the last third are compared:
 *
 * <ul>
 *   <li>memory outside of the Java heap may grow by 32 MiB or 2 %, whichever is more,
 *   <li>the Java heap in use by 16 MiB,
 *   <li>open arrays by none,
 *   <li>the processor's time for an image by 10 %.
 * </ul>
 *
 * @param flat whether all hold
 * @param lines what was compared, one line each
 */
public record SoakVerdict(boolean flat, List<String> lines) {
  /** Samples that a verdict needs. */
  public static final int FEWEST = 8;

  private static final double MIB = 1 << 20;
  private static final double OUTSIDE_MIB = 32;
  private static final double OUTSIDE_SHARE = 0.02;
  private static final double HEAP_MIB = 16;
  private static final double SLOWER = 0.1;

  /** Copies the lines. */
  public SoakVerdict {
    lines = List.copyOf(lines);
  }

  /**
   * Compares.
   *
   * @throws IllegalArgumentException if there are fewer than {@link #FEWEST} samples
   */
  public static SoakVerdict of(List<SoakSample> samples) {
    if (samples.size() < FEWEST) {
      throw new IllegalArgumentException(
          "a verdict needs at least " + FEWEST + " samples, not " + samples.size());
    }
    List<SoakSample> warm = samples.subList(samples.size() / 4, samples.size());
    int third = warm.size() / 3;
    List<SoakSample> first = warm.subList(0, third);
    List<SoakSample> last = warm.subList(warm.size() - third, warm.size());
    List<String> lines = new ArrayList<>();
    double outside = median(first, sample -> sample.outside() / MIB);
    boolean flat =
        compare(
            lines,
            "MiB outside of the Java heap",
            outside,
            median(last, sample -> sample.outside() / MIB),
            Math.max(OUTSIDE_MIB, OUTSIDE_SHARE * outside));
    flat &=
        compare(
            lines,
            "MiB of the Java heap in use",
            median(first, sample -> sample.heap() / MIB),
            median(last, sample -> sample.heap() / MIB),
            HEAP_MIB);
    flat &=
        compare(
            lines,
            "open arrays",
            median(first, SoakSample::arrays),
            median(last, SoakSample::arrays),
            0);
    double seconds = median(first, SoakSample::processorSeconds);
    flat &=
        compare(
            lines,
            "processor seconds an image",
            seconds,
            median(last, SoakSample::processorSeconds),
            SLOWER * seconds);
    return new SoakVerdict(flat, lines);
  }

  private static boolean compare(
      List<String> lines, String what, double first, double last, double allowed) {
    boolean holds = last - first <= allowed;
    lines.add(
        Message.of(
            "%-30s %9.2f after warm-up, %9.2f at the end, %9.2f allowed: %s",
            what, first, last, first + allowed, holds ? "flat" : "GROWN"));
    return holds;
  }

  private static double median(List<SoakSample> samples, ToDoubleFunction<SoakSample> value) {
    return SpeedRow.median(samples.stream().map(value::applyAsDouble).toList());
  }
}
