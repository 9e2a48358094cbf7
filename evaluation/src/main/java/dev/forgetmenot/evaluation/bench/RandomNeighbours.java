package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Neighbours that are drawn from the rest of a list. The order is that of SHA-256 over the hash of
 * the file and both names, so that it is the same on every machine, and another for another file.
 */
final class RandomNeighbours {
  private RandomNeighbours() {}

  static List<BenchConcept> of(BenchConcept target, List<BenchConcept> concepts, String seed) {
    return candidates(target, concepts).stream()
        .sorted(
            Comparator.comparing(
                (BenchConcept other) -> hash(seed + "\n" + target.name() + "\n" + other.name())))
        .limit(target.random())
        .toList();
  }

  private static String hash(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Styles of a style, things of all others; no near neighbour, and nothing that names it. */
  static List<BenchConcept> candidates(BenchConcept target, List<BenchConcept> concepts) {
    Set<String> taken = new HashSet<>(target.ownWords());
    target.similar().forEach(neighbour -> taken.add(ConceptNames.plain(neighbour.text())));
    boolean style = target.kind() == ConceptKind.STYLE;
    return concepts.stream()
        .filter(other -> other.kind() != ConceptKind.BROAD)
        .filter(other -> (other.kind() == ConceptKind.STYLE) == style)
        .filter(other -> Collections.disjoint(other.names(), taken))
        .toList();
  }
}
