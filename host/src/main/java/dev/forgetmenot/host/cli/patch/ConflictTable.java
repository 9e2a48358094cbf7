package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.ConflictReport.Effect;
import dev.forgetmenot.patching.stack.ConflictReport.Meeting;
import dev.forgetmenot.patching.stack.ConflictReport.Pair;
import dev.forgetmenot.patching.stack.ConflictReport.Patch;
import dev.forgetmenot.patching.stack.ConflictReport.Solve;
import dev.forgetmenot.patching.stack.JointSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How patches meet, for people.
 *
 * @param report what was measured
 */
record ConflictTable(ConflictReport report) {
  List<String> lines() {
    List<String> lines = new ArrayList<>(patches());
    lines.addAll(pairs());
    lines.addAll(systems());
    lines.addAll(drift());
    return lines;
  }

  /** Each patch and what remains of what it erases. */
  List<String> patches() {
    List<String> lines = new ArrayList<>();
    lines.add(
        Message.of(
            "%-4s %8s %8s  %7s %9s  %s",
            "", "strength", "weights", "remains", "in stack", "patch"));
    for (int i = 0; i < report.patches().size(); i++) {
      Patch patch = report.patches().get(i);
      lines.add(
          Message.of(
              "%-4s %8s %8d  %7s %9s  %s",
              name(i),
              number(patch.strength()),
              patch.tensors(),
              number(patch.alone()),
              number(patch.inStack()),
              patch.name()));
    }
    return lines;
  }

  private List<String> pairs() {
    List<String> lines = new ArrayList<>();
    if (report.pairs().isEmpty()) {
      return lines;
    }
    lines.add("");
    lines.add(
        Message.of(
            "%-26s %7s %7s %8s %7s   %s",
            "pair",
            "shared",
            "cosine",
            "overlap",
            "angle",
            "moves and remains of the other's targets"));
    for (Pair pair : report.pairs()) {
      String names = name(pair.first()) + " and " + name(pair.second());
      lines.add(row(names, Integer.toString(pair.shared()), pair.whole()) + effects(pair));
      for (Map.Entry<String, Meeting> block : pair.blocks().entrySet()) {
        lines.add(row("  " + block.getKey(), "", Optional.of(block.getValue())));
      }
    }
    return lines;
  }

  private static String row(String what, String shared, Optional<Meeting> meeting) {
    return Message.of(
        "%-26s %7s %7s %8s %7s",
        what,
        shared,
        number(meeting.map(Meeting::cosine)),
        number(meeting.map(Meeting::overlap)),
        meeting.map(m -> Message.of("%.0f°", m.angle())).orElse("-"));
  }

  private static String effects(Pair pair) {
    return "   "
        + effect(pair.second(), pair.first(), pair.onFirst())
        + effect(pair.first(), pair.second(), pair.onSecond());
  }

  private static String effect(int from, int on, Optional<Effect> effect) {
    return effect
        .map(
            e ->
                Message.of(
                    "%s→%s %s, %s   ",
                    name(from), name(on), number(e.moves()), number(e.remains())))
        .orElse("");
  }

  /** The joint solves: their conditions and what remains of each concept. */
  List<String> systems() {
    List<String> lines = new ArrayList<>();
    for (Solve solve : report.systems()) {
      lines.add("");
      lines.add(
          Message.of(
              "solved together over %d weights: %d concepts, cond(I + D) = %.4g%s",
              solve.tensors(),
              solve.concepts().size(),
              solve.condition(),
              solve.condition() > JointSystem.LIMIT ? ", above the limit (FMN-604)" : ""));
      for (ConflictReport.ConceptResidual concept : solve.concepts()) {
        lines.add(
            Message.of(
                "  %-4s residual %s  %s",
                name(concept.patch()), number(concept.residual()), concept.label()));
      }
    }
    return lines;
  }

  /** How far the stack moves each block. */
  List<String> drift() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(Message.of("%-26s %s", "drift of the stack", "|sum dW| / |W|"));
    report
        .drift()
        .blocks()
        .forEach((block, drift) -> lines.add(Message.of("  %-24s %s", block, number(drift))));
    return lines;
  }

  /** Patches are letters, then numbers. */
  static String name(int index) {
    return index < 26 ? String.valueOf((char) ('A' + index)) : "P" + (index + 1);
  }

  private static String number(Optional<Double> value) {
    return value.map(ConflictTable::number).orElse("-");
  }

  private static String number(double value) {
    String text = Message.of("%.3f", value);
    return text.equals("-0.000") ? "0.000" : text;
  }
}
