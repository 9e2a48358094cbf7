package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.br;
import static j2html.TagCreator.button;
import static j2html.TagCreator.code;
import static j2html.TagCreator.each;
import static j2html.TagCreator.img;
import static j2html.TagCreator.small;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import j2html.tags.DomContent;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The attacks as one table: what each may use, took and brought, its controls and best image. */
final class AttackTable {
  private static final int BACK = AttackRows.HEAD.indexOf("came back");
  private static final int VERDICT = AttackRows.HEAD.indexOf("verdict");
  private static final int BEST = AttackRows.HEAD.indexOf("best by");

  private final EvaluationReport report;
  private final Family family;
  private final PageImages images;
  private final MeasureTable numbers;

  AttackTable(EvaluationReport report, Family family, PageImages images, MeasureTable numbers) {
    this.report = report;
    this.family = family;
    this.images = images;
    this.numbers = numbers;
  }

  /** The table of a part and the explanations that it opens. */
  List<DomContent> of(Part part) throws IOException {
    List<String> head = new ArrayList<>(AttackRows.HEAD);
    head.add(1, "concept");
    List<TrTag> rows = new ArrayList<>();
    for (Measurement line : part.measurements()) {
      rows.add(row(line));
    }
    List<String> left = List.of("attack", "concept", "variant", "reason");
    List<DomContent> parts = new ArrayList<>();
    parts.add(Tables.of(part.summary(), head, rows));
    if (!part.notTested().isEmpty()) {
      parts.add(
          Tables.of(
              "Attacks that were not run: NOT TESTED",
              left,
              part.notTested().stream()
                  .map(
                      one ->
                          tr(
                              Tables.first(text(one.measure())),
                              Tables.cell(left.get(1), one.concept()),
                              Tables.cell(left.get(2), one.part()),
                              Tables.cell(left.get(3), one.reason())))
                  .toList()));
    }
    part.measurements().forEach(line -> parts.add(numbers.explanation(line)));
    return parts;
  }

  private TrTag row(Measurement line) throws IOException {
    List<String> cells = AttackRows.cells(line, family);
    TrTag row =
        tr(
            Tables.first(
                button(cells.get(0))
                    .withType("button")
                    .withClass("measure")
                    .attr("popovertarget", numbers.id(line))),
            Tables.cell("concept", line.concept()));
    for (int i = 1; i < cells.size(); i++) {
      TdTag cell = Tables.cell(AttackRows.HEAD.get(i));
      if (i == BACK) {
        cell.with(numbers.number(line, cells.get(i)));
      } else if (i == VERDICT && family.of(line).isPresent()) {
        cell.with(
            MeasureTable.word(family.of(line).get().verdict()),
            text(" "),
            small(ReadingText.verdict(family.of(line).get(), report.bench().preset())));
      } else if (i == BEST && line.attack().isPresent()) {
        cell.with(best(line, line.attack().get()));
      } else {
        cell.withText(cells.get(i));
      }
      row.with(cell);
    }
    return row;
  }

  /** The best image, what brought it, what it was learned into, and what else is to be known. */
  private List<DomContent> best(Measurement line, AttackFacts facts) throws IOException {
    List<DomContent> content = new ArrayList<>();
    if (facts.best() >= 0) {
      DrawnShot drawn =
          report.sets().stream()
              .filter(set -> line.sets().contains(set.id()))
              .findFirst()
              .orElseThrow()
              .images()
              .get(facts.best());
      content.add(
          img()
              .withSrc(images.address(drawn.patched().orElseThrow().key()))
              .withAlt("the best image of the attack " + facts.attack() + " " + line.part()));
      content.add(br());
      content.add(code(facts.recipe()));
    }
    content.add(each(facts.files(), file -> each(br(), small(file))));
    if (!facts.note().isEmpty()) {
      content.add(br());
      content.add(small(facts.note()));
    }
    return content;
  }
}
