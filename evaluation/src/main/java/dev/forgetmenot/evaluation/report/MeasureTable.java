package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.button;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.p;
import static j2html.TagCreator.small;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.statistics.Verdict;
import dev.forgetmenot.files.Message;
import j2html.tags.DomContent;
import j2html.tags.specialized.ButtonTag;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The measurements of one evaluator as a table. Each number is a button: it opens what the number
 * is, and with the page's script the images behind it.
 */
final class MeasureTable {
  private final EvaluationReport report;
  private final Family family;
  private final PageImages images;
  private final List<Measurement> all;

  MeasureTable(EvaluationReport report, Family family, PageImages images) {
    this.report = report;
    this.family = family;
    this.images = images;
    all = report.measurements();
  }

  /** The table of a part, what was not tested at its end, and the explanations that it opens. */
  List<DomContent> of(Part part) {
    List<Measurement> lines = part.measurements();
    boolean paired = lines.stream().anyMatch(line -> line.p().isPresent());
    boolean asked =
        lines.stream().anyMatch(line -> line.question().isPresent()) || !part.notTested().isEmpty();
    List<String> head =
        new ArrayList<>(List.of("Measure", "Concept", "Images", "Judge", "Original", "Patched"));
    if (paired) {
      head.add("p, paired");
    }
    if (asked) {
      head.add("Verdict");
    }
    List<TrTag> rows = new ArrayList<>();
    lines.forEach(line -> rows.add(row(line, head)));
    part.notTested().forEach(line -> rows.add(row(line, head)));
    List<DomContent> parts = new ArrayList<>();
    parts.add(Tables.of(part.summary(), head, rows));
    lines.forEach(line -> parts.add(explanation(line)));
    return parts;
  }

  private TrTag row(Measurement line, List<String> head) {
    TrTag row =
        tr(
            Tables.first(
                button(line.measure())
                    .withType("button")
                    .withClass("measure")
                    .attr("popovertarget", id(line))),
            Tables.cell(head.get(1), line.concept()),
            Tables.cell(head.get(2), line.part()),
            Tables.cell(head.get(3), line.judge()),
            reading(head.get(4), line, line.original()),
            reading(head.get(5), line, line.patched()));
    if (head.contains("p, paired")) {
      TdTag cell = Tables.cell("p, paired");
      line.p().ifPresent(p -> cell.with(number(line, ReadingText.p(p))));
      row.with(cell);
    }
    if (head.contains("Verdict")) {
      row.with(verdict(line));
    }
    return row;
  }

  private TdTag reading(String column, Measurement line, Optional<Reading> reading) {
    TdTag cell = Tables.cell(column).withClass("reading");
    reading.ifPresent(
        value ->
            cell.with(
                number(line, ReadingText.value(line.unit(), value)),
                small(ReadingText.counted(line.unit(), value).strip()),
                small(ReadingText.interval(line.unit(), value).strip())));
    return cell;
  }

  ButtonTag number(Measurement line, String shown) {
    return button(shown)
        .withType("button")
        .withClass("number")
        .attr("popovertarget", id(line))
        .attr("data-sets", images.places(line.sets()));
  }

  private TdTag verdict(Measurement line) {
    TdTag cell = Tables.cell("Verdict");
    family
        .of(line)
        .ifPresent(
            test -> {
              String said = ReadingText.verdict(test, report.bench().preset());
              cell.with(
                  word(test.verdict()),
                  text(" "),
                  small(
                      number(
                          line,
                          said.substring(test.verdict().toString().length() + 2)
                              + ", p "
                              + ReadingText.p(test.adjusted()))));
            });
    return cell;
  }

  static TrTag row(NotTested line, List<String> head) {
    return tr(
            Tables.first(span(line.measure())),
            Tables.cell(head.get(1), line.concept()),
            Tables.cell(head.get(2), line.part()),
            Tables.cell("Reason", line.reason()).attr("colspan", head.size() - 4),
            Tables.cell("Verdict").with(word(Verdict.NOT_TESTED)))
        .withClass("untested");
  }

  static DomContent word(Verdict verdict) {
    return strong(verdict.toString())
        .withClass("verdict " + verdict.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  DomContent explanation(Measurement line) {
    return Explained.box(id(line))
        .with(
            p(strong(line.measure() + " " + line.part())),
            p(line.explanation()),
            dl(
                each(
                    line.original().stream().toList(),
                    value -> pair("Original", ReadingText.full(line.unit(), value))),
                each(
                    line.patched().stream().toList(),
                    value -> pair("Patched", ReadingText.full(line.unit(), value))),
                iff(!line.shares().isEmpty(), pair("Made of", ReadingText.shares(line, 7))),
                each(line.p().stream().toList(), p -> pair("p, paired", ReadingText.p(p))),
                each(family.of(line).stream().toList(), this::question),
                pair("Good", good(line)),
                iff(!line.sets().isEmpty(), pair("Images", titles(line))),
                pair("Source", line.source())));
  }

  private DomContent question(Family.Test test) {
    Measurement.Question question = test.question();
    return each(
        pair("Found", "the judge finds it in " + ReadingText.text(test.found())),
        pair("Ceiling", "on the original in " + ReadingText.text(Family.count(question.ceiling()))),
        pair(
            "Floor",
            "other images are called it in " + ReadingText.text(Family.count(question.floor()))),
        pair("Judge", "right on " + ReadingText.text(Family.count(question.accuracy()))),
        pair(
            "p",
            Message.of(
                "%s against the floor (Fisher's exact test, one-sided); %s adjusted over %d questions"
                    + " (Holm)",
                ReadingText.p(question.p()),
                ReadingText.p(test.adjusted()),
                family.tests().size())));
  }

  private static String good(Measurement line) {
    return switch (line.good()) {
      case HIGH -> "large values";
      case LOW -> "small values";
      case UNCHANGED -> "the original's value";
      case NONE -> "no value: it describes";
    };
  }

  private String titles(Measurement line) {
    return report.sets().stream()
        .filter(set -> line.sets().contains(set.id()))
        .map(set -> Message.of("%s (%d)", set.title(), set.images().size()))
        .collect(Collectors.joining("; "));
  }

  static DomContent pair(String name, String value) {
    return div(dt(name), dd(value));
  }

  String id(Measurement line) {
    return "m" + all.indexOf(line);
  }
}
