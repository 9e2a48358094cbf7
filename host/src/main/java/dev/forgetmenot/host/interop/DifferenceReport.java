package dev.forgetmenot.host.interop;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.diff.DiffFactorizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of a difference, for people: block by block and in all.
 *
 * @param result what was found
 */
record DifferenceReport(DiffFactorizer.Result result) {
  /** A change of so much of a weight is asked about when the patch is applied (FMN-308). */
  private static final double LARGE = 0.5;

  /** Sums of squares over some tensors. */
  private record Sums(int tensors, double weight, double change, double residual, int rank) {
    static Sums of(List<DiffFactorizer.Part> parts) {
      return new Sums(
          parts.size(),
          parts.stream().mapToDouble(p -> square(p.changed().weight())).sum(),
          parts.stream().mapToDouble(p -> square(p.changed().norm())).sum(),
          parts.stream().mapToDouble(p -> square(p.residual())).sum(),
          parts.stream().mapToInt(DiffFactorizer.Part::rank).max().orElse(0));
    }

    private static double square(double value) {
      return value * value;
    }

    String line(String name) {
      return Message.of(
          "%-34s %7d %9.3g %9.3g %11.3g %5s",
          name,
          tensors,
          Math.sqrt(change),
          weight == 0 ? 0 : Math.sqrt(change / weight),
          change == 0 ? 0 : Math.sqrt(residual / change),
          rank == 0 ? "full" : String.valueOf(rank));
    }
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>(result.findings());
    Map<String, List<DiffFactorizer.Part>> blocks =
        result.parts().stream()
            .collect(
                Collectors.groupingBy(
                    DiffFactorizer.Part::block, TreeMap::new, Collectors.toList()));
    lines.add(
        Message.of(
            "%-34s %7s %9s %9s %11s %5s",
            "block", "tensors", "|dW|", "|dW|/|W|", "left/|dW|", "rank"));
    blocks.forEach((block, parts) -> lines.add(Sums.of(parts).line(block)));
    lines.add(Sums.of(result.parts()).line("in all"));
    result.parts().stream()
        .filter(part -> part.changed().norm() > 0)
        .max(
            Comparator.comparingDouble(
                (DiffFactorizer.Part part) -> part.residual() / part.changed().norm()))
        .ifPresent(
            worst ->
                lines.add(
                    Message.of(
                        "the most is left of %s: %.3g of its change",
                        worst.changed().target(), worst.residual() / worst.changed().norm())));
    large().ifPresent(lines::add);
    return lines;
  }

  /** What may be refused when the patch is applied; of projectors much more is usual. */
  private Optional<String> large() {
    List<DiffFactorizer.Part> large =
        result.parts().stream()
            .filter(part -> !part.kind().boundByTextEncoder())
            .filter(part -> part.changed().norm() > LARGE * part.changed().weight())
            .sorted(Comparator.comparingDouble(DifferenceReport::share).reversed())
            .toList();
    return large.stream()
        .findFirst()
        .map(
            most ->
                Message.of(
                    "|dW| is more than half of |W| for %d of the tensors, most of all for %s (%.3g"
                        + " times |W|): where the patch is refused for it (FMN-308), apply it"
                        + " with --force-patches or at a smaller strength",
                    large.size(), most.changed().target(), share(most)));
  }

  private static double share(DiffFactorizer.Part part) {
    return part.changed().norm() / part.changed().weight();
  }
}
