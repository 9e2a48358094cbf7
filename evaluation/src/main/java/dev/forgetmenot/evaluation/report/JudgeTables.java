package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.files.Message;
import j2html.tags.DomContent;
import j2html.tags.specialized.TrTag;
import java.util.ArrayList;
import java.util.List;
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
          "How many labels the judge chooses from. It is always the whole vocabulary: two labels to"
              + " choose from would flatter both forgetting and retention.");
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
      new Explained("judge-all", "All", Message.of(RIGHT, "everything in the vocabulary"));
  private static final Explained APART =
      new Explained(
          "judge-apart",
          "Apart",
          "Images of this set and model that the first two judges name differently; an abstention"
              + " is an answer of its own. Click to see them.");
  private static final Explained KAPPA =
      new Explained(
          "judge-kappa",
          "Cohen's κ",
          "(observed - expected) / (1 - expected) agreement of the first two judges: 1 if they"
              + " always agree, 0 if no more than by chance (Cohen 1960).");

  private final EvaluationReport report;
  private final PageImages images;

  JudgeTables(EvaluationReport report, PageImages images) {
    this.report = report;
    this.images = images;
  }

  List<DomContent> all() {
    List<DomContent> parts = new ArrayList<>();
    parts.add(
        Tables.of(
            "Right answers on images of the original that are not scored; the first judge scores",
            columns(List.of("Judge", "What"), LABELS, TAU, TARGETS, SIMILAR, ALL),
            report.judges().stream().map(JudgeTables::row).toList()));
    List.of(LABELS, TAU, TARGETS, SIMILAR, ALL).forEach(column -> parts.add(column.box()));
    List<SetAgreement> agreements = SetAgreement.of(report);
    if (!agreements.isEmpty()) {
      parts.add(
          Tables.of(
              "Where the first two judges differ",
              columns(List.of("Images", "Model"), APART, KAPPA),
              agreements.stream().map(this::row).toList()));
      List.of(APART, KAPPA).forEach(column -> parts.add(column.box()));
    }
    return parts;
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
        Tables.cell(APART.column())
            .with(
                APART
                    .number(apart)
                    .attr("data-sets", images.places(List.of(of.set().id())))
                    .attr("data-only", "apart")),
        KAPPA.cell(Message.of("%.2f", of.agreement().kappa())));
  }
}
