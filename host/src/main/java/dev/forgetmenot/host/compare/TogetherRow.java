package dev.forgetmenot.host.compare;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.TogetherChart;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.Interval;
import java.util.List;

/**
 * A number of concepts that one method made a model forget at once.
 *
 * @param method with its settings
 * @param concepts how many
 * @param stacked whether each has a patch of its own, all of them on together
 * @param seconds that making and writing took
 * @param bytes of all patches
 * @param left images of the concepts that are still recognised
 * @param others images of other things that are recognised
 * @param points by how much that share changed, in hundredths
 * @param drift mean change of the others' pixels, of 255
 */
record TogetherRow(
    String method,
    int concepts,
    boolean stacked,
    double seconds,
    long bytes,
    Count left,
    Count others,
    double points,
    double drift)
    implements TogetherChart.Point {
  @Override
  public String series() {
    return method + (stacked ? ", stacked" : ", one patch");
  }

  @Override
  public double leftPercent() {
    return 100 * left.rate();
  }

  String line() {
    Interval interval = left.wilson();
    return Message.of(
        "| %s | %d | %s | %.1f | %d KiB | %d/%d, %.1f %% [%.0f, %.0f] | %.1f %% | %+.1f | %.1f |",
        method,
        concepts,
        stacked ? "a stack" : "one patch",
        seconds,
        (bytes + 512) >> 10,
        left.k(),
        left.n(),
        leftPercent(),
        100 * interval.low(),
        100 * interval.high(),
        100 * others.rate(),
        points,
        drift);
  }

  /** All rows in Markdown. */
  static String table(Evaluation evaluation, List<TogetherRow> rows) {
    Evaluation.Size size = evaluation.size();
    StringBuilder text =
        new StringBuilder(
            Message.of(
                """
                "a photo of ..": %d images of each concept; %d others × %d; seeds from %d, %d DDIM steps.

                | method | concepts | as | seconds | patches | left | others | points | drift of 255 |
                |---|---|---|---|---|---|---|---|---|
                """,
                size.ofConcept(),
                evaluation.others().size(),
                size.ofOther(),
                size.seed(),
                size.steps()));
    rows.forEach(row -> text.append(row.line()).append('\n'));
    return text.toString();
  }
}
