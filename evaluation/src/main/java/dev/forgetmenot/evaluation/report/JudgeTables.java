package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.details;
import static j2html.TagCreator.p;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.forgetmenot.evaluation.report.EvaluationReport.CalibratedConcept;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.files.Message;
import j2html.tags.DomContent;
import j2html.tags.specialized.TrTag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How good the judges are and how far they agree: to be read before any result. */
final class JudgeTables {
  private static final String RIGHT =
      "Right answers on images that the original model drew of %s at calibration seeds, which are"
          + " never scored. An abstention is not right. These judges are this project's own set-up:"
          + " docs/evaluation.md.";

  private static final Explained LABELS =
      new Explained(
          "judge-labels",
          "Labels",
          "How many labels the judge chooses from: one that compares with texts from the whole"
              + " vocabulary, one that compares with reference images from the concepts that have"
              + " some, which are listed below.");
  private static final Explained TAU =
      new Explained(
          "judge-tau",
          "Abstains below",
          "τ, a difference of cosines: where the nearest label leads the second by less, the judge"
              + " abstains. The largest value that lets at most 5 % of the right answers on"
              + " calibration images abstain.");
  private static final Explained TARGETS =
      new Explained("judge-target", "Targets", Message.of(RIGHT, "the targets"));
  private static final Explained SIMILAR =
      new Explained("judge-similar", "Similar", Message.of(RIGHT, "the targets' near neighbours"));
  private static final Explained ALL =
      new Explained(
          "judge-all", "All", Message.of(RIGHT, "all concepts that the judges were set by"));
  private static final Explained APART =
      new Explained(
          "judge-apart",
          "Apart",
          "Images of this set and model that the two judges name differently; an abstention is an"
              + " answer of its own. Click to see them.");
  private static final Explained KAPPA =
      new Explained(
          "judge-kappa",
          "Cohen's κ",
          "(observed - expected) / (1 - expected) agreement of the two judges: 1 if they"
              + " always agree, 0 if no more than by chance (Cohen 1960).");

  private final EvaluationReport report;
  private final PageImages images;

  JudgeTables(EvaluationReport report, PageImages images) {
    this.report = report;
    this.images = images;
  }

  List<DomContent> all() throws IOException {
    List<DomContent> parts = new ArrayList<>();
    parts.add(
        Tables.of(
            "Right answers on images of the original that are not scored; the first judge scores",
            columns(List.of("Judge", "What"), LABELS, TAU, TARGETS, SIMILAR, ALL),
            report.judges().stream().map(JudgeTables::row).toList()));
    List.of(LABELS, TAU, TARGETS, SIMILAR, ALL).forEach(column -> parts.add(column.box()));
    sentences().forEach(sentence -> parts.add(p(sentence)));
    if (!report.judging().calibration().isEmpty()) {
      parts.add(calibration());
    }
    List<SetAgreement> agreements = SetAgreement.of(report);
    if (!agreements.isEmpty()) {
      parts.add(
          Tables.of(
              "Where a judge differs from the one that scores",
              columns(List.of("Images", "Model", "Judges"), APART, KAPPA),
              agreements.stream().map(this::row).toList()));
      List.of(APART, KAPPA).forEach(column -> parts.add(column.box()));
      parts.addAll(new Sheets(report, images, "").ofDisagreements());
    }
    return parts;
  }

  /** How many image towers there are, who is absent, and how far the first two agree. */
  private List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    List<JudgeUsed> judges = report.judges();
    long towers = judges.stream().map(JudgeUsed::digest).distinct().count();
    if (judges.size() > 1) {
      sentences.add(
          Message.of(
              "%d judges, %s",
              judges.size(),
              towers == 1
                  ? "one image tower: what it does not see, neither judge sees."
                  : Message.of("%d image towers.", towers)));
    }
    report
        .judging()
        .absent()
        .forEach(one -> sentences.add(Message.of("No judge %s: %s.", one.id(), one.reason())));
    report
        .judging()
        .agreement()
        .ifPresent(
            agreement ->
                sentences.add(
                    Message.of(
                        "%s and %s differ on %d of %d held-out calibration images, κ %.2f.",
                        judges.get(0).id(),
                        judges.get(1).id(),
                        agreement.disagreeing().k(),
                        agreement.disagreeing().n(),
                        agreement.kappa())));
    return sentences;
  }

  /** Every concept that the judges were set by. */
  private DomContent calibration() {
    List<String> judges = report.judges().stream().map(JudgeUsed::id).toList();
    List<String> head = new ArrayList<>(List.of("Concept"));
    judges.forEach(judge -> head.add("Right, judge " + judge));
    head.add("Weak");
    String title =
        Message.of(
            "The %d concepts that the judges were set by; %d are weak: a judge is right on less than 75 %%, and its rates leave the concept out",
            report.judging().calibration().size(), report.judging().weak());
    List<TrTag> rows = new ArrayList<>();
    for (CalibratedConcept one : report.judging().calibration()) {
      TrTag row = tr(Tables.first(text(one.label())));
      judges.forEach(
          judge ->
              row.with(
                  Tables.cell(
                      "Right, judge " + judge,
                      Optional.ofNullable(one.right().get(judge))
                          .map(ReadingText::text)
                          .orElse("–"))));
      rows.add(row.with(Tables.cell("Weak", String.join(", ", one.weak()))));
    }
    return details(summary(title), Tables.of(title, head, rows));
  }

  private static List<String> columns(List<String> first, Explained... then) {
    return Stream.concat(first.stream(), Stream.of(then).map(Explained::column)).toList();
  }

  private static TrTag row(JudgeUsed judge) {
    return tr(
        Tables.first(text(judge.id())),
        Tables.cell("What", judge.label()),
        LABELS.cell(Integer.toString(judge.vocabulary())),
        TAU.cell(Message.of("%.4f", judge.tau())),
        TARGETS.cell(ReadingText.text(judge.accuracy().target())),
        SIMILAR.cell(ReadingText.text(judge.accuracy().similar())),
        ALL.cell(ReadingText.text(judge.accuracy().all())));
  }

  private TrTag row(SetAgreement of) {
    String apart = of.agreement().disagreeing().size() + "/" + of.agreement().images();
    return tr(
        Tables.first(text(of.set().title())),
        Tables.cell("Model", ReportJson.word(of.state())),
        Tables.cell("Judges", String.join(" and ", of.judges())),
        Tables.cell(APART.column())
            .with(
                APART
                    .number(apart)
                    .attr("data-sets", images.places(List.of(of.set().id())))
                    .attr("data-only", "apart")),
        KAPPA.cell(Message.of("%.2f", of.agreement().kappa())));
  }
}
