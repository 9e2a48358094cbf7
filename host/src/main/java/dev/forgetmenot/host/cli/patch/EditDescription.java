package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.ChangedTensor;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * One edit of a patch for people.
 *
 * @param edit any kind
 */
record EditDescription(Manifest.Edit edit) {
  /** A line: kind, component, how much. */
  String summary() {
    return Message.of(
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
    return lines().amount();
  }

  /** Lines that belong to the summary. */
  List<String> facts() {
    return lines().facts();
  }

  /** Every tensor, where there is a list of them. */
  List<String> details() {
    return lines().details();
  }

  private Lines lines() {
    return edit.content().accept(new Describing());
  }

  /** What is said of one edit. */
  private record Lines(String amount, List<String> facts, List<String> details) {}

  /** Says it by kind. */
  private static final class Describing implements EditDescriptor.Visitor<Lines, RuntimeException> {
    @Override
    public Lines visit(DeltaEdit.Descriptor deltas) {
      return new Lines(
          deltas.targets().size() + " tensors, norm " + norm(deltas),
          List.of(),
          deltas.targets().stream()
              .map(t -> t.target() + " " + t.shape() + " norm " + number(t.norm()) + half(t))
              .toList());
    }

    @Override
    public Lines visit(LowRankEdit.Descriptor lowRanks) {
      IntSummaryStatistics ranks =
          lowRanks.targets().stream().mapToInt(LowRankEdit.Target::rank).summaryStatistics();
      DoubleSummaryStatistics alphas =
          lowRanks.targets().stream().mapToDouble(LowRankEdit.Target::alpha).summaryStatistics();
      return new Lines(
          Message.of(
              "%s tensors, rank %s, norm %s",
              lowRanks.targets().size(), range(ranks.getMin(), ranks.getMax()), norm(lowRanks)),
          List.of("alpha " + range(alphas.getMin(), alphas.getMax())),
          lowRanks.targets().stream()
              .map(
                  f ->
                      (f.target() + " " + f.shape() + " rank " + f.rank())
                          + (" alpha " + f.alpha() + " norm " + number(f.norm())))
              .toList());
    }

    @Override
    public Lines visit(RowsEdit.Descriptor rows) {
      return new Lines(
          rows.targets().stream().mapToInt(RowsEdit.Target::rows).sum()
              + " rows of "
              + rows.targets().size()
              + " tensors, norm "
              + norm(rows),
          List.of(),
          rows.targets().stream()
              .map(
                  t ->
                      (t.target() + " " + t.shape() + " ")
                          + (t.rows() + " rows, norm " + number(t.norm())))
              .toList());
    }

    @Override
    public Lines visit(ProjectorEdit.Descriptor projector) {
      List<String> facts = new ArrayList<>(List.of("concept " + projector.concept()));
      projector.patterns().forEach(pattern -> facts.add("all " + pattern));
      return new Lines(
          Message.of(
              "%s directions of width %s, norm %s",
              projector.directions(), projector.width(), number(projector.norm())),
          facts,
          List.of());
    }

    @Override
    public Lines visit(ClosedFormEdit.Descriptor closedForm) {
      List<String> facts = new ArrayList<>();
      facts.add(
          ("lambda " + closedForm.lambda() + ", erase scale " + closedForm.eraseScale())
              + (", preserve scale " + closedForm.preserveScale())
              + (", sides " + closedForm.sides().word()));
      for (ErasedConcept.Descriptor concept : closedForm.concepts()) {
        facts.add(
            (concept.label() + ": " + concept.columns() + " columns, " + concept.preserved())
                + (" preserved rows, guides at distance " + number(concept.norm())));
      }
      closedForm.patterns().forEach(pattern -> facts.add("all " + pattern));
      return new Lines(
          closedForm.concepts().size()
              + " concepts, "
              + closedForm.concepts().stream().mapToInt(ErasedConcept.Descriptor::columns).sum()
              + " columns of width "
              + closedForm.width(),
          facts,
          List.of());
    }

    @Override
    public Lines visit(TokensEdit.Descriptor tokens) {
      return new Lines(
          tokens.tokens().size() + " tokens of width " + tokens.width(),
          tokens.tokens().stream()
              .map(t -> t.token() + ": " + t.vectors() + " vectors, norm " + number(t.norm()))
              .toList(),
          List.of());
    }

    private static String norm(EditDescriptor.OfTensors<?> content) {
      return number(root(content.targets().stream().mapToDouble(ChangedTensor::norm)));
    }
  }

  private static String half(DeltaEdit.Target target) {
    return target.scale().map(scale -> ", stored as half times " + scale).orElse("");
  }

  private static double root(DoubleStream norms) {
    return Math.sqrt(norms.map(norm -> norm * norm).sum());
  }

  private static String range(Object min, Object max) {
    return min.equals(max) ? min.toString() : min + " to " + max;
  }

  private static String number(double value) {
    return Message.of("%.4g", value);
  }
}
