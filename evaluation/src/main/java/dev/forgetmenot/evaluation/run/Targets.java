package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.evaluation.bench.ConceptKind;
import dev.forgetmenot.evaluation.bench.ConceptNames;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which concepts of a list are under test.
 *
 * @param concepts the targets, at least one, as listed
 * @param forgotten what the patches forget, the targets among it: none of it should stay
 * @param unlisted what the patches forget and the list does not have
 */
public record Targets(
    List<BenchConcept> concepts, List<BenchConcept> forgotten, List<String> unlisted) {
  /** Copies the lists. */
  public Targets {
    concepts = List.copyOf(concepts);
    forgotten = List.copyOf(forgotten);
    unlisted = List.copyOf(unlisted);
  }

  /**
   * What the patches forget and the list has, and broad concepts of which they forget all members;
   * or what the user names instead.
   *
   * @param labels what the patches say that they forget
   * @param named what the user names; may be empty
   * @throws IllegalArgumentException if a named concept is not in the list, or nothing is found
   */
  public static Targets of(Bench bench, List<String> labels, List<String> named) {
    List<BenchConcept> chosen = new ArrayList<>();
    for (String name : named) {
      chosen.add(bench.meant(name).orElseThrow(() -> unknown(bench, name)));
    }
    Set<String> plain = labels.stream().map(ConceptNames::plain).collect(Collectors.toSet());
    List<BenchConcept> forgotten = listed(bench, labels, plain);
    if (chosen.isEmpty()) {
      chosen.addAll(forgotten);
    }
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException(nothing(bench, labels));
    }
    List<BenchConcept> all =
        bench.concepts().stream()
            .filter(one -> forgotten.contains(one) || chosen.contains(one) || isMember(one, chosen))
            .toList();
    return new Targets(
        bench.concepts().stream().filter(chosen::contains).toList(),
        all,
        labels.stream().filter(label -> bench.meant(label).isEmpty()).distinct().toList());
  }

  private static List<BenchConcept> listed(Bench bench, List<String> labels, Set<String> plain) {
    List<BenchConcept> found =
        labels.stream().map(bench::meant).flatMap(Optional::stream).distinct().toList();
    List<BenchConcept> groups =
        bench.concepts(ConceptKind.BROAD).stream()
            .filter(
                group ->
                    group.members().stream()
                        .allMatch(
                            member ->
                                plain.contains(ConceptNames.plain(member.text()))
                                    || bench
                                        .meant(member.text())
                                        .filter(found::contains)
                                        .isPresent()))
            .toList();
    return Stream.concat(found.stream(), groups.stream()).distinct().toList();
  }

  /** Whether a concept belongs to a broad one that is chosen. */
  private static boolean isMember(BenchConcept one, List<BenchConcept> chosen) {
    List<String> names = List.of(ConceptNames.plain(one.name()), ConceptNames.plain(one.phrase()));
    return chosen.stream()
        .flatMap(concept -> concept.members().stream())
        .anyMatch(member -> names.contains(ConceptNames.plain(member.text())));
  }

  private static IllegalArgumentException unknown(Bench bench, String name) {
    return new IllegalArgumentException(
        Message.of(
            "--concept '%s' is not in the list %s; the nearest are %s",
            name, bench.name(), nearest(bench, name)));
  }

  private static String nothing(Bench bench, List<String> labels) {
    if (labels.isEmpty()) {
      return Message.of(
          "no patch says what it forgets: name a concept of the list %s by --concept, or a patch by --patch",
          bench.name());
    }
    String near =
        labels.stream().map(label -> nearest(bench, label)).collect(Collectors.joining(", "));
    return Message.of(
        "the patches forget %s, and the list %s has none of it; its nearest names are %s: name one by --concept, or give another list",
        String.join(", ", labels), bench.name(), near);
  }

  private static String nearest(Bench bench, String name) {
    List<String> names = bench.concepts().stream().map(BenchConcept::name).toList();
    return String.join(", ", Suggestions.of(name, names));
  }
}
