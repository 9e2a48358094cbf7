package dev.forgetmenot.host.demo;

import dev.forgetmenot.files.Message;
import java.nio.file.Path;
import java.util.List;

/**
 * What the demo measured, and its files.
 *
 * @param sheet the image of before and after
 * @param patch the patch
 * @param lines one a row
 */
public record DemoResult(Path sheet, Path patch, List<Line> lines) {
  /** Copies the list. */
  public DemoResult {
    lines = List.copyOf(lines);
  }

  /**
   * One row.
   *
   * @param prompt what was drawn
   * @param phrase what it was judged for
   * @param images how many were drawn
   * @param before how many were recognised before
   * @param after how many are recognised now
   * @param drift mean difference of the pixels, of 255
   */
  public record Line(
      String prompt, String phrase, int images, long before, long after, double drift) {
    @Override
    public String toString() {
      return Message.of(
          "%-36s as \"%s\": %d/%d -> %d/%d   mean pixel change %.0f of 255",
          prompt, phrase, before, images, after, images, drift);
    }
  }
}
