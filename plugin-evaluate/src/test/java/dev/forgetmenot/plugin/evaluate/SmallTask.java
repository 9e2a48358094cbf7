package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.Grid;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.EvaluationTask.Seeds;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Small tasks. */
final class SmallTask {
  final List<EvaluatedConcept> targets = new ArrayList<>();
  final List<EvaluatedConcept> others = new ArrayList<>();
  final List<NeverKnown> never = new ArrayList<>();
  Optional<Grid> grid = Optional.empty();
  List<String> general = List.of();
  int targetSeeds = 4;
  int retainSeeds = 2;
  GenerationRequest settings = GenerationRequest.of("");

  static EvaluatedConcept concept(String phrase, ConceptType kind, String... similar) {
    String template = kind == ConceptType.STYLE ? "in the style of " : "a photo of ";
    return concept(phrase, kind, Map.of("name", List.of(template + phrase)), similar);
  }

  static EvaluatedConcept concept(
      String phrase, ConceptType kind, Map<String, List<String>> prompts, String... similar) {
    return new EvaluatedConcept(
        phrase.replaceFirst("^an? ", ""),
        phrase,
        kind,
        List.of(phrase),
        prompts,
        List.of(similar),
        List.of(),
        Optional.empty());
  }

  SmallTask target(EvaluatedConcept target) {
    targets.add(target);
    return this;
  }

  SmallTask others(ConceptType kind, String... phrases) {
    Stream.of(phrases).forEach(phrase -> others.add(concept(phrase, kind)));
    return this;
  }

  EvaluationTask build() {
    List<KnownConcepts.Phrase> vocabulary =
        Stream.concat(targets.stream(), others.stream())
            .map(one -> new KnownConcepts.Phrase(one.name(), one.phrase(), one.kind(), ""))
            .toList();
    return new EvaluationTask(
        targets,
        others,
        never,
        new KnownConcepts(vocabulary, List.of()),
        grid,
        general,
        1,
        new Seeds(seeds(1000, targetSeeds), seeds(2000, retainSeeds), seeds(1, 3), seeds(9000, 2)),
        settings);
  }

  private static long[] seeds(long first, int count) {
    return LongStream.range(first, first + count).toArray();
  }
}
