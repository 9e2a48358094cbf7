package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.code;
import static j2html.TagCreator.dialog;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.header;
import static j2html.TagCreator.li;
import static j2html.TagCreator.main;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.section;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.Target;
import dev.forgetmenot.evaluation.statistics.Verdict;
import dev.forgetmenot.files.Message;
import j2html.tags.DomContent;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code report.html}: the report for people, in the order in which it should be read. */
final class HtmlReport {
  private static final Explained IMAGES =
      new Explained(
          "cost-images",
          "Number",
          "Images that this model drew for the sets of this report, each counted once. With"
              + " guidance an image takes two UNet evaluations a step.");
  private static final Explained UNET =
      new Explained(
          "cost-unet",
          "Number",
          "UNet evaluations of batch size 1 beside the drawing of images, as the evaluator says"
              + " before it runs.");

  private final EvaluationReport report;
  private final Family family;
  private final PageImages images;
  private final List<String> stated;
  private final Map<String, List<DomContent>> chapters = new LinkedHashMap<>();

  private HtmlReport(EvaluationReport report, ReportImages images, List<String> stated) {
    this.report = report;
    this.stated = stated;
    this.family = Family.of(report);
    this.images = new PageImages(report, images);
  }

  static byte[] bytes(EvaluationReport report, ReportImages images, List<String> stated)
      throws IOException {
    return new HtmlReport(report, images, stated).bytes();
  }

  private byte[] bytes() throws IOException {
    chapters.put("Asked and not asked", asked());
    chapters.put("Judges", new JudgeTables(report, images).all());
    for (Chapter chapter : Chapter.values()) {
      List<Part> parts = chapter.parts(report);
      if (!parts.isEmpty()) {
        chapters.put(chapter.title(), chapter(chapter, parts));
      }
    }
    chapters.put("Cost and time", cost());
    chapters.put("What the numbers mean", meanings());
    chapters.put("Make it again", again());
    String title =
        "Evaluation of "
            + (report.patches().isEmpty()
                ? report.base().label()
                : report.patches().stream()
                    .map(patch -> patch.name())
                    .collect(Collectors.joining(" + ")));
    List<DomContent> content = new ArrayList<>();
    content.add(header(h1(title), p(summary())));
    content.add(
        nav(ul(each(chapters.keySet(), name -> li(a(name).withHref("#" + id(name))))))
            .attr("aria-label", "Chapters"));
    content.add(
        main(
            each(
                chapters.entrySet(),
                chapter ->
                    section(h2(chapter.getKey()), each(chapter.getValue(), part -> part))
                        .withId(id(chapter.getKey())))));
    content.add(
        dialog(
                button("Close").withType("button").withId("close").attr("autofocus"),
                div().withId("shown"))
            .withId("images")
            .attr("aria-label", "The images behind a number"));
    return HtmlPage.bytes(title, images.json(), content);
  }

  private static String id(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-");
  }

  private String summary() {
    Map<Verdict, Long> counts =
        family.tests().stream()
            .collect(Collectors.groupingBy(Family.Test::verdict, Collectors.counting()));
    String questions =
        Arrays.stream(Verdict.values())
            .filter(counts::containsKey)
            .map(verdict -> counts.get(verdict) + " " + verdict)
            .collect(Collectors.joining(", "));
    return Message.of(
        "%s: does it still come? %d questions%s; %d lines NOT TESTED. Counts are of this list, its seeds and its judges alone.",
        report.targets().stream().map(Target::phrase).collect(Collectors.joining(", ")),
        family.tests().size(),
        questions.isEmpty() ? "" : ": " + questions,
        report.notTested().size());
  }

  private List<DomContent> asked() {
    EvaluationReport.Drawing drawing = report.drawing();
    return List.of(
        dl(
            each(
                report.patches(),
                patch ->
                    MeasureTable.pair(
                        "Patch",
                        Message.of(
                            "%s, strength %s, id %s", patch.name(), patch.strength(), patch.id()))),
            each(
                report.patches().stream().flatMap(patch -> patch.training().stream()).toList(),
                training ->
                    MeasureTable.pair(
                        "Training",
                        Message.of(
                            "%s, seed %d. Other seeds NOT TESTED: fmn evaluate compare lays the reports"
                                + " of 5 trainings or more together",
                            training.method(), training.seed()))),
            each(stated, line -> MeasureTable.pair("Stated before", line)),
            MeasureTable.pair("Base", report.base().label() + ", root " + report.base().root()),
            MeasureTable.pair(
                "List",
                Message.of(
                    "%s, version %d, SHA-256 %s",
                    report.bench().name(), report.bench().version(), report.bench().sha256())),
            MeasureTable.pair(
                "Images",
                Message.of(
                    "%s, %d steps, guidance %s, %d × %d pixels",
                    drawing.sampler(),
                    drawing.steps(),
                    drawing.guidance(),
                    drawing.width(),
                    drawing.height())),
            MeasureTable.pair(
                "Patches taken off",
                report
                    .restored()
                    .map(
                        restored ->
                            restored ? "the original came back" : "the original did NOT come back")
                    .orElse("not looked at")),
            MeasureTable.pair(
                "Attacks",
                report.bench().preset().equals("none")
                    ? "NOT TESTED: fmn attack, or --evaluator attacks"
                    : report.bench().preset())),
        notTested());
  }

  private DomContent notTested() {
    if (report.notTested().isEmpty()) {
      return p("Every measure of the evaluators was taken.");
    }
    List<String> head = List.of("Not tested", "Concept", "Images", "Reason");
    return Tables.of(
        "What was not tested",
        head,
        report.notTested().stream()
            .map(
                line ->
                    tr(
                        Tables.first(text(line.measure())),
                        Tables.cell(head.get(1), line.concept()),
                        Tables.cell(head.get(2), line.part()),
                        Tables.cell(head.get(3), line.reason())))
            .toList());
  }

  private List<DomContent> chapter(Chapter chapter, List<Part> parts) throws IOException {
    List<DomContent> charts = new ArrayList<>();
    MeasureTable tables = new MeasureTable(report, family, images);
    List<Measurement> scored =
        parts.stream()
            .flatMap(part -> part.measurements().stream())
            .filter(line -> line.judge().isEmpty() || line.judge().equals(scoring()))
            .toList();
    List<Measurement> shares = scored.stream().filter(Charts::isShare).toList();
    if (!shares.isEmpty() && (chapter == Chapter.FORGETTING || chapter == Chapter.COST)) {
      charts.add(Charts.shares(chapter.title() + ", judge " + scoring(), shares));
    }
    if (chapter == Chapter.FORGETTING) {
      tradeOff().ifPresent(charts::add);
    }
    scored.stream()
        .filter(line -> chapter == Chapter.BECAME && !line.shares().isEmpty())
        .forEach(
            line ->
                charts.add(
                    Charts.labels(
                        Message.of("%s: %s of the patched model", line.concept(), line.measure()),
                        line.shares())));
    List<DomContent> content = new ArrayList<>();
    if (!charts.isEmpty()) {
      content.add(div(each(charts, chart -> chart)).withClass("charts"));
    }
    if (chapter == Chapter.ATTACKS) {
      AttackTable attacks = new AttackTable(report, family, images, tables);
      for (Part part : parts) {
        content.addAll(attacks.of(part));
      }
    } else {
      parts.forEach(part -> content.addAll(tables.of(part)));
    }
    if (chapter != Chapter.BECAME && chapter != Chapter.FURTHER) {
      content.addAll(new Sheets(report, images, scoring()).of(chapter, shares));
    }
    return content;
  }

  private String scoring() {
    return report.judges().stream().findFirst().map(JudgeUsed::id).orElse("");
  }

  /** The first line of each target that can be set against the first line of what it cost. */
  private Optional<DomContent> tradeOff() {
    List<Charts.Point> points = new ArrayList<>();
    for (Target target : report.targets()) {
      Optional<Measurement> forgotten = first(Chapter.FORGETTING, target);
      Optional<Measurement> kept = first(Chapter.COST, target);
      if (forgotten.isPresent() && kept.isPresent()) {
        points.add(new Charts.Point(target.name(), forgotten.get(), kept.get()));
      }
    }
    return points.isEmpty()
        ? Optional.empty()
        : Optional.of(Charts.tradeOff("Forgetting against cost, with 95 % intervals", points));
  }

  private Optional<Measurement> first(Chapter chapter, Target target) {
    return chapter.parts(report).stream()
        .flatMap(part -> part.measurements().stream())
        .filter(line -> line.concept().equals(target.name()) || line.concept().isEmpty())
        .filter(line -> line.judge().equals(scoring()) && Charts.isShare(line))
        .findFirst();
  }

  private List<DomContent> cost() {
    long original =
        report.sets().stream()
            .flatMap(set -> set.images().stream())
            .map(drawn -> drawn.original().key())
            .distinct()
            .count();
    long patched =
        report.sets().stream()
            .flatMap(set -> set.images().stream())
            .flatMap(drawn -> drawn.patched().stream())
            .map(unit -> unit.key())
            .distinct()
            .count();
    List<TrTag> rows = new ArrayList<>();
    rows.add(row("images of the original", IMAGES.cell(Long.toString(original))));
    rows.add(row("images of the patched model", IMAGES.cell(Long.toString(patched))));
    for (Part part : report.parts()) {
      if (part.unetEvaluations() > 0) {
        rows.add(
            row(
                "UNet evaluations of " + part.evaluator(),
                UNET.cell(Long.toString(part.unetEvaluations()))));
      }
    }
    return List.of(
        Tables.of("What this report took", List.of("What", IMAGES.column()), rows),
        IMAGES.box(),
        UNET.box(),
        p(
            "Seconds are not part of a report, but for those of attacks, which are kept with their"
                + " results: the same evaluation has the same bytes anywhere."));
  }

  private static TrTag row(String what, TdTag number) {
    return tr(Tables.first(text(what)), number);
  }

  private List<DomContent> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (Measurement line : report.measurements()) {
      meanings.putIfAbsent(line.measure(), line.explanation() + " Source: " + line.source() + ".");
    }
    meanings.put(
        "[low, high]",
        "Interval at 95 %: Wilson's for a share. \"At most\" is the upper end of the exact interval (Clopper and Pearson 1934).");
    meanings.put(
        "Verdict",
        Message.of(
            "REACHED: the concept came more often than other images are called it (Fisher's exact test, one-sided, p below 0.05 after Holm's adjustment over all %d questions of this report). NOT REACHED: it did not; the count still bounds how often it may. NO BASELINE: the line can show nothing. NOT TESTED: it was not run.",
            family.tests().size()));
    return List.of(
        dl(each(meanings.entrySet(), entry -> MeasureTable.pair(entry.getKey(), entry.getValue())))
            .withClass("meanings"));
  }

  private List<DomContent> again() {
    return List.of(
        pre(code(report.command())),
        dl(
            MeasureTable.pair("Version", report.tool().version()),
            MeasureTable.pair("Numerics", report.tool().numerics()),
            MeasureTable.pair("Plan", report.plan())));
  }
}
