package dev.forgetmenot.evaluation.report;

import static j2html.TagCreator.details;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.img;
import static j2html.TagCreator.li;
import static j2html.TagCreator.ol;
import static j2html.TagCreator.p;
import static j2html.TagCreator.summary;

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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
        if (chapter == Chapter.COST) {
          set.images().stream().filter(this::lost).forEach(lost::add);
        } else {
          sheets.addAll(sheet(set.title(), pairs(set.images())));
        }
      }
    }
    if (chapter == Chapter.COST) {
      sheets.addAll(sheet("Named rightly before and otherwise with the patch", pairs(lost)));
    }
    return sheets;
  }

  /** Each image once that two judges name differently, with what each says. */
  List<DomContent> ofDisagreements() throws IOException {
    Map<String, DomContent> apart = new LinkedHashMap<>(); // sets share images
    for (DrawnSet set : report.sets()) {
      for (DrawnShot drawn : set.images()) {
        add(apart, drawn, "Original", drawn.original());
        if (drawn.patched().isPresent()) {
          add(apart, drawn, "Patched", drawn.patched().get());
        }
      }
    }
    return apart.isEmpty()
        ? List.of()
        : List.of(
            details(
                summary(Message.of("All %d images that judges name differently", apart.size())),
                ol(each(apart.values(), image -> image)).withClass("sheet")));
  }

  private void add(Map<String, DomContent> apart, DrawnShot drawn, String model, JudgedUnit unit)
      throws IOException {
    boolean differ =
        unit.answers().values().stream().map(Sheets::says).distinct().limit(2).count() > 1;
    if (differ && !apart.containsKey(unit.key())) {
      List<String> said = new ArrayList<>();
      unit.answers().forEach((judge, answer) -> said.add(judge + ": " + says(answer)));
      String labels = String.join("; ", said);
      apart.put(
          unit.key(),
          li(
              figure(
                  image(unit, model, drawn, labels),
                  figcaption(
                      Message.of(
                          "%s, %s, seed %d. %s",
                          model, drawn.shot().prompt(), drawn.shot().seed(), labels)))));
    }
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
                    image(drawn.original(), "Original", drawn, says(drawn.original())),
                    image(patched, "Patched", drawn, says(patched)),
                    figcaption(says(patched)))));
      }
    }
    return pairs;
  }

  private ImgTag image(JudgedUnit unit, String model, DrawnShot drawn, String said)
      throws IOException {
    return img()
        .withSrc(images.address(unit.key()))
        .withAlt(
            Message.of(
                "%s, %s, seed %d: %s", model, drawn.shot().prompt(), drawn.shot().seed(), said));
  }

  private String says(JudgedUnit unit) {
    JudgedImage answer = unit.answers().get(judge);
    return answer == null ? "not judged" : says(answer);
  }

  private static String says(JudgedImage answer) {
    return answer.abstained() ? "no answer" : answer.label();
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
