package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.img;
import static j2html.TagCreator.li;
import static j2html.TagCreator.ol;
import static j2html.TagCreator.p;

import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.files.Message;
import j2html.tags.DomContent;
import j2html.tags.specialized.ImgTag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sheets of pairs, the original's image above the patched model's of the same prompt and seed. */
final class Sheets {
  private static final int PAIRS = 16;

  private final EvaluationReport report;
  private final PageImages images;
  private final String judge;

  Sheets(EvaluationReport report, PageImages images, String judge) {
    this.report = report;
    this.images = images;
    this.judge = judge;
  }

  /** The first pairs of each set of targets; of other things, those that lost their label. */
  List<DomContent> of(Chapter chapter, List<Measurement> lines) throws IOException {
    Set<String> behind = new LinkedHashSet<>();
    lines.forEach(line -> behind.addAll(line.sets()));
    List<DomContent> sheets = new ArrayList<>();
    Set<DrawnShot> lost = new LinkedHashSet<>(); // sets of neighbours share images
    for (DrawnSet set : report.sets()) {
      if (behind.contains(set.id())) {
        if (chapter == Chapter.FORGETTING) {
          sheets.addAll(sheet(set.title(), pairs(set.images())));
        } else {
          set.images().stream().filter(this::lost).forEach(lost::add);
        }
      }
    }
    if (chapter == Chapter.COST) {
      sheets.addAll(sheet("Named rightly before and otherwise with the patch", pairs(lost)));
    }
    return sheets;
  }

  private static List<DomContent> sheet(String title, List<DomContent> pairs) {
    return pairs.isEmpty()
        ? List.of()
        : List.of(
            h3(title),
            p("Above: original. Below: patched, same prompt and seed.").withClass("legend"),
            ol(each(pairs, pair -> pair)).withClass("sheet"));
  }

  private List<DomContent> pairs(Collection<DrawnShot> shots) throws IOException {
    List<DomContent> pairs = new ArrayList<>();
    for (DrawnShot drawn : shots) {
      if (pairs.size() < PAIRS && drawn.patched().isPresent()) {
        JudgedUnit patched = drawn.patched().get();
        pairs.add(
            li(
                figure(
                    image(drawn.original(), "Original", drawn),
                    image(patched, "Patched", drawn),
                    figcaption(says(patched)))));
      }
    }
    return pairs;
  }

  private ImgTag image(JudgedUnit unit, String model, DrawnShot drawn) throws IOException {
    return img()
        .withSrc(images.address(unit.key()))
        .withAlt(
            Message.of(
                "%s, %s, seed %d: %s",
                model, drawn.shot().prompt(), drawn.shot().seed(), says(unit)));
  }

  private String says(JudgedUnit unit) {
    JudgedImage answer = unit.answers().get(judge);
    return answer == null ? "not judged" : answer.abstained() ? "no answer" : answer.label();
  }

  private boolean lost(DrawnShot drawn) {
    JudgedImage before = drawn.original().answers().get(judge);
    JudgedImage after = drawn.patched().map(unit -> unit.answers().get(judge)).orElse(null);
    List<String> label = List.of(drawn.shot().label());
    boolean target =
        report.targets().stream().anyMatch(one -> one.labels().contains(drawn.shot().label()));
    return !target && before != null && after != null && before.is(label) && !after.is(label);
  }
}
