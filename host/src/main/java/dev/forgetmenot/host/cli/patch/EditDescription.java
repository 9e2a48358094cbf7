package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.patch.EditDescriptor;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One edit of a patch for people.
 *
 * @param edit any kind
 */
record EditDescription(Manifest.Edit edit) {
  /** A line: kind, component, how much. */
  String summary() {
    return String.format(
        Locale.ROOT,
        "%s, kind %s on %s: %s, strength %s in [%s, %s]",
        edit.id(),
        edit.kind(),
        edit.component(),
        amount(),
        edit.strength().standard(),
        edit.strength().min(),
        edit.strength().max());
  }

  private String amount() {
    if (edit.content() instanceof EditDescriptor.Deltas deltas) {
      DoubleStream norms = deltas.targets().stream().mapToDouble(EditDescriptor.Target::norm);
      return deltas.targets().size() + " tensors, norm " + number(root(norms));
    }
    if (edit.content() instanceof EditDescriptor.LowRanks lowRanks) {
      IntSummaryStatistics ranks =
          lowRanks.targets().stream().mapToInt(EditDescriptor.Factors::rank).summaryStatistics();
      DoubleStream norms = lowRanks.targets().stream().mapToDouble(EditDescriptor.Factors::norm);
      return lowRanks.targets().size()
          + " tensors, rank "
          + range(ranks.getMin(), ranks.getMax())
          + ", norm "
          + number(root(norms));
    }
    if (edit.content() instanceof EditDescriptor.RowTargets rows) {
      DoubleStream norms = rows.targets().stream().mapToDouble(EditDescriptor.RowTarget::norm);
      return rows.targets().stream().mapToInt(EditDescriptor.RowTarget::rows).sum()
          + " rows of "
          + rows.targets().size()
          + " tensors, norm "
          + number(root(norms));
    }
    if (edit.content() instanceof EditDescriptor.Projector projector) {
      return projector.directions()
          + " directions of width "
          + projector.width()
          + ", norm "
          + number(projector.norm());
    }
    if (edit.content() instanceof EditDescriptor.ClosedForm closedForm) {
      return closedForm.concepts().size()
          + " concepts, "
          + closedForm.concepts().stream().mapToInt(EditDescriptor.Columns::columns).sum()
          + " columns of width "
          + closedForm.width();
    }
    EditDescriptor.Tokens tokens = (EditDescriptor.Tokens) edit.content();
    return tokens.tokens().size() + " tokens of width " + tokens.width();
  }

  /** Lines that belong to the summary. */
  List<String> facts() {
    List<String> facts = new ArrayList<>();
    if (edit.content() instanceof EditDescriptor.LowRanks lowRanks) {
      DoubleSummaryStatistics alphas =
          lowRanks.targets().stream()
              .mapToDouble(EditDescriptor.Factors::alpha)
              .summaryStatistics();
      facts.add("alpha " + range(alphas.getMin(), alphas.getMax()));
    } else if (edit.content() instanceof EditDescriptor.Projector projector) {
      facts.add("concept " + projector.concept());
      projector.patterns().forEach(pattern -> facts.add("all " + pattern));
    } else if (edit.content() instanceof EditDescriptor.ClosedForm closedForm) {
      facts.add(
          "lambda "
              + closedForm.lambda()
              + ", erase scale "
              + closedForm.eraseScale()
              + ", preserve scale "
              + closedForm.preserveScale()
              + ", sides "
              + closedForm.sides().word());
      for (EditDescriptor.Columns concept : closedForm.concepts()) {
        facts.add(
            concept.label()
                + ": "
                + concept.columns()
                + " columns, "
                + concept.preserved()
                + " preserved rows, guides at distance "
                + number(concept.norm()));
      }
      closedForm.patterns().forEach(pattern -> facts.add("all " + pattern));
    } else if (edit.content() instanceof EditDescriptor.Tokens tokens) {
      for (EditDescriptor.Token token : tokens.tokens()) {
        facts.add(
            token.token() + ": " + token.vectors() + " vectors, norm " + number(token.norm()));
      }
    }
    return facts;
  }

  /** Every tensor, where there is a list of them. */
  List<String> details() {
    List<String> details = new ArrayList<>();
    if (edit.content() instanceof EditDescriptor.Deltas deltas) {
      for (EditDescriptor.Target t : deltas.targets()) {
        details.add(t.target() + " " + t.shape() + " norm " + number(t.norm()) + half(t));
      }
    } else if (edit.content() instanceof EditDescriptor.RowTargets rows) {
      for (EditDescriptor.RowTarget t : rows.targets()) {
        details.add(
            t.target() + " " + t.shape() + " " + t.rows() + " rows, norm " + number(t.norm()));
      }
    } else if (edit.content() instanceof EditDescriptor.LowRanks lowRanks) {
      for (EditDescriptor.Factors f : lowRanks.targets()) {
        details.add(
            f.target()
                + " "
                + f.shape()
                + " rank "
                + f.rank()
                + " alpha "
                + f.alpha()
                + " norm "
                + number(f.norm()));
      }
    }
    return details;
  }

  private static String half(EditDescriptor.Target target) {
    return target.scale().map(scale -> ", stored as half times " + scale).orElse("");
  }

  private static double root(DoubleStream norms) {
    return Math.sqrt(norms.map(norm -> norm * norm).sum());
  }

  private static String range(Object min, Object max) {
    return min.equals(max) ? min.toString() : min + " to " + max;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
