package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.HeatMap;
import dev.forgetmenot.host.chart.HeatMap.Panel;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.ConflictReport.Effect;
import dev.forgetmenot.patching.stack.ConflictReport.Meeting;
import dev.forgetmenot.patching.stack.ConflictReport.Pair;
import dev.forgetmenot.patching.stack.ConflictReport.Patch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/** How patches meet, as an image. */
final class ConflictImage {
  private final ConflictReport report;

  private ConflictImage(ConflictReport report) {
    this.report = report;
  }

  static HeatMap of(ConflictReport report) {
    ConflictImage image = new ConflictImage(report);
    List<Panel> panels = new ArrayList<>();
    if (report.pairs().stream().anyMatch(pair -> pair.whole().isPresent())) {
      panels.add(
          image.meetings(
              "Cosine of what two patches add",
              "1 the same, 0 nothing in common, -1 they undo each other",
              Meeting::cosine,
              -1));
      panels.add(
          image.meetings(
              "Overlap of what two patches read",
              "mean squared cosine of the principal angles between their input directions",
              Meeting::overlap,
              0));
    }
    if (report.patches().stream().anyMatch(patch -> patch.alone().isPresent())) {
      panels.add(image.remains());
    }
    panels.add(image.drift());
    return new HeatMap("How " + report.patches().size() + " patches meet", panels);
  }

  private Panel meetings(String title, String note, Function<Meeting, Double> value, double low) {
    TreeSet<String> blocks = new TreeSet<>();
    report.pairs().forEach(pair -> blocks.addAll(pair.blocks().keySet()));
    List<String> columns = new ArrayList<>(List.of("all"));
    columns.addAll(blocks);
    List<String> rows = new ArrayList<>();
    List<List<Optional<Double>>> cells = new ArrayList<>();
    for (Pair pair : report.pairs()) {
      rows.add(label(pair.first()) + "  and  " + label(pair.second()));
      List<Optional<Double>> row = new ArrayList<>(List.of(pair.whole().map(value)));
      blocks.forEach(block -> row.add(Optional.ofNullable(pair.blocks().get(block)).map(value)));
      cells.add(row);
    }
    return new Panel(title, note, rows, columns, cells, low, 1);
  }

  private Panel remains() {
    List<Patch> patches = report.patches();
    List<String> columns = new ArrayList<>(List.of("alone"));
    patches.forEach(patch -> columns.add("with " + patch.name()));
    columns.add("whole stack");
    List<List<Optional<Double>>> cells = new ArrayList<>();
    for (int i = 0; i < patches.size(); i++) {
      List<Optional<Double>> row = new ArrayList<>(List.of(patches.get(i).alone()));
      for (int j = 0; j < patches.size(); j++) {
        row.add(i == j ? Optional.empty() : effect(i, j).map(Effect::remains));
      }
      row.add(patches.get(i).inStack());
      cells.add(row);
    }
    return new Panel(
        "What remains of the erasure of each patch",
        "distance to what the patch makes of it: 0 there, 1 as far as without the patch",
        IntStream.range(0, patches.size()).mapToObj(this::label).toList(),
        columns,
        cells,
        0,
        1);
  }

  /** What patch j does to patch i. */
  private Optional<Effect> effect(int i, int j) {
    for (Pair pair : report.pairs()) {
      if (pair.first() == i && pair.second() == j) {
        return pair.onFirst();
      }
      if (pair.first() == j && pair.second() == i) {
        return pair.onSecond();
      }
    }
    return Optional.empty();
  }

  private Panel drift() {
    List<String> blocks = List.copyOf(report.drift().blocks().keySet());
    List<Optional<Double>> row =
        blocks.stream().map(block -> Optional.of(report.drift().blocks().get(block))).toList();
    return new Panel(
        "Drift of the whole stack",
        "|sum dW| / |W| over the weights of each block that the stack changes",
        List.of("all patches"),
        blocks,
        List.of(row),
        0,
        Math.max(1, report.drift().most()));
  }

  private String label(int index) {
    Patch patch = report.patches().get(index);
    return patch.strength() == 1
        ? patch.name()
        : patch.name() + Message.of(":%.3g", patch.strength());
  }
}
