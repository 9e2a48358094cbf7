package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.li;
import static j2html.TagCreator.ol;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tag;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.files.Message;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import j2html.tags.specialized.FigureTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Charts as SVG that takes its colours from the page. They are drawn 340 units wide, so that texts
 * are readable on a telephone; the tables beside them have the same numbers.
 */
final class Charts {
  private static final int WIDTH = 340;
  private static final int LEFT = 8;
  private static final int TRACK = WIDTH - 2 * LEFT;
  private static final int ROW = 32;
  private static final int LETTERS = 52;

  private Charts() {}

  /** Shares of both models with their intervals, a row for each line. */
  static DomContent shares(String title, List<Measurement> lines) {
    List<DomContent> parts = new ArrayList<>();
    int bottom = ROW * lines.size() + 4;
    for (int percent = 0; percent <= 100; percent += 25) {
      double x = x(percent / 100.0);
      parts.add(line("axis", x, 0, x, bottom));
      parts.add(
          text("tick", x, bottom + 12, anchor(percent), percent + (percent == 100 ? " %" : "")));
    }
    for (int i = 0; i < lines.size(); i++) {
      Measurement line = lines.get(i);
      int y = ROW * i;
      parts.add(text("label", LEFT, y + 11, "start", named(line)));
      line.original().ifPresent(reading -> parts.addAll(point("original", reading, y + 18)));
      line.patched().ifPresent(reading -> parts.addAll(point("patched", reading, y + 25)));
    }
    return chart(title, bottom + 18, parts, true);
  }

  private static String anchor(int percent) {
    return percent == 0 ? "start" : percent == 100 ? "end" : "middle";
  }

  /** What is drawn in a target's place, by share. */
  static DomContent labels(String title, Map<String, Double> shares) {
    List<DomContent> parts = new ArrayList<>();
    int y = 0;
    for (Map.Entry<String, Double> share : shares.entrySet()) {
      parts.add(text("label", LEFT, y + 11, "start", share.getKey()));
      parts.add(text("label", WIDTH - LEFT, y + 11, "end", ReadingText.percent(share.getValue())));
      parts.add(rectangle("track", LEFT, y + 15, TRACK));
      parts.add(rectangle("bar", LEFT, y + 15, TRACK * share.getValue()));
      y += ROW;
    }
    return chart(title, y + 2, parts, false);
  }

  /**
   * Forgetting against what is kept: a numbered cross for each target.
   *
   * @param title above
   * @param points one target or more
   */
  static DomContent tradeOff(String title, List<Point> points) {
    int side = 260;
    int left = 40;
    List<DomContent> parts = new ArrayList<>();
    for (int percent = 0; percent <= 100; percent += 25) {
      double at = percent / 100.0 * side;
      parts.add(line("axis", left + at, 4, left + at, 4 + side));
      parts.add(line("axis", left, 4 + side - at, left + side, 4 + side - at));
      parts.add(text("tick", left + at, side + 18, "middle", percent + ""));
      parts.add(text("tick", left - 4, side + 8 - at, "end", percent + ""));
    }
    parts.add(text("label", left + side, side + 32, "end", axis(points.get(0).kept()) + " →"));
    parts.add(text("label", 0, side + 32, "start", "↑ " + axis(points.get(0).forgotten())));
    for (int i = 0; i < points.size(); i++) {
      Reading across = points.get(i).kept().patched().orElseThrow();
      Reading up = points.get(i).forgotten().patched().orElseThrow();
      double x = left + across.value() * side;
      double y = 4 + side - up.value() * side;
      if (Double.isFinite(across.low()) && Double.isFinite(up.low())) {
        parts.add(line("patched", left + across.low() * side, y, left + across.high() * side, y));
        parts.add(line("patched", x, 4 + side - up.low() * side, x, 4 + side - up.high() * side));
      }
      parts.add(dot("patched", x, y));
      parts.add(text("label", x - 6, y + 14, "end", Integer.toString(i + 1)));
    }
    return chart(title, side + 38, parts, false)
        .with(ol(each(points, point -> li(point.name()))).withClass("legend"));
  }

  private static String axis(Measurement line) {
    return Message.of("%s, %s, %%", line.measure(), line.part());
  }

  /**
   * A target in {@link #tradeOff}.
   *
   * @param name of the target
   * @param forgotten a share
   * @param kept a share
   */
  record Point(String name, Measurement forgotten, Measurement kept) {}

  /** Whether a line can be a row of {@link #shares}: both models have a share. */
  static boolean isShare(Measurement line) {
    return line.unit() == Unit.PERCENT && isShare(line.original()) && isShare(line.patched());
  }

  private static boolean isShare(Optional<Reading> reading) {
    return reading.filter(share -> share.value() >= 0 && share.value() <= 1).isPresent();
  }

  private static String named(Measurement line) {
    List<String> words = new ArrayList<>(List.of(line.measure(), line.concept(), line.part()));
    words.removeIf(String::isEmpty);
    return String.join(" · ", words);
  }

  private static List<DomContent> point(String style, Reading reading, double y) {
    List<DomContent> parts = new ArrayList<>();
    if (Double.isFinite(reading.low()) && Double.isFinite(reading.high())) {
      parts.add(line(style, x(reading.low()), y, x(reading.high()), y));
    }
    parts.add(dot(style, x(reading.value()), y));
    return parts;
  }

  private static double x(double share) {
    return LEFT + TRACK * share;
  }

  private static FigureTag chart(
      String title, int height, List<DomContent> parts, boolean bothModels) {
    ContainerTag<?> svg =
        svg("svg")
            .attr("viewBox", "0 0 " + WIDTH + " " + height)
            .attr("role", "img")
            .attr("aria-label", title + "; the tables of this page have the numbers")
            .with(each(parts, part -> part));
    return figure(
            figcaption(title),
            iff(
                bothModels,
                p(span("○ original").withClass("original"), span("● patched").withClass("patched"))
                    .withClass("legend")),
            svg)
        .withClass("chart");
  }

  private static DomContent line(String style, double x1, double y1, double x2, double y2) {
    return svg("line")
        .withClass(style)
        .attr("x1", coordinate(x1))
        .attr("y1", coordinate(y1))
        .attr("x2", coordinate(x2))
        .attr("y2", coordinate(y2));
  }

  private static DomContent dot(String style, double x, double y) {
    return svg("circle")
        .withClass(style)
        .attr("cx", coordinate(x))
        .attr("cy", coordinate(y))
        .attr("r", "3");
  }

  private static DomContent rectangle(String style, double x, double y, double width) {
    return svg("rect")
        .withClass(style)
        .attr("x", coordinate(x))
        .attr("y", coordinate(y))
        .attr("width", coordinate(width))
        .attr("height", "10");
  }

  private static DomContent text(String style, double x, double y, String anchor, String text) {
    String shown = text.length() > LETTERS ? text.substring(0, LETTERS - 1) + "…" : text;
    return svg("text")
        .withClass(style)
        .attr("x", coordinate(x))
        .attr("y", coordinate(y))
        .attr("text-anchor", anchor)
        .withText(shown);
  }

  private static ContainerTag<?> svg(String name) {
    return tag(name);
  }

  private static String coordinate(double value) {
    return Message.of("%.1f", value);
  }
}
