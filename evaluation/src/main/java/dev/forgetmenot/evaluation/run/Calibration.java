package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.evaluation.bench.ConceptNames;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which concepts of the vocabulary the judges are set by: the original draws each at the
 * calibration seeds. Either all, or those that an evaluation of large images cannot do without,
 * since hundreds of concepts would take days there (docs/evaluation.md).
 *
 * @param task what is evaluated
 * @param near the plain names of what is calibrated beside the grid; empty for the whole vocabulary
 */
public record Calibration(EvaluationTask task, Optional<Set<String>> near) {
  /** The whole vocabulary. */
  public static Calibration all(EvaluationTask task) {
    return new Calibration(task, Optional.empty());
  }

  /**
   * The targets with their near and random neighbours and what may stand in their place.
   *
   * @param words others, such as general words of targets; what the vocabulary lacks is left out
   */
  public static Calibration near(EvaluationTask task, Collection<String> words) {
    Stream<String> phrases =
        task.targets().stream()
            .flatMap(
                target ->
                    Stream.of(target.labels(), target.similar(), target.random())
                        .flatMap(List::stream));
    Stream<String> guides =
        task.targets().stream().map(EvaluatedConcept::guide).flatMap(Optional::stream);
    return new Calibration(
        task,
        Optional.of(
            Stream.of(phrases, guides, words.stream())
                .flatMap(texts -> texts)
                .map(ConceptNames::plain)
                .collect(Collectors.toUnmodifiableSet())));
  }

  /**
   * The calibration images.
   *
   * @param evaluated the image sets of all evaluators: if the grid is among them, its things and
   *     styles are calibrated too
   * @return a set for each concept, in the order of the vocabulary
   */
  List<ImageSet> sets(Collection<ImageSet> evaluated) {
    Set<String> names = new HashSet<>(near.orElse(Set.of()));
    names.addAll(ofGrid(evaluated));
    return task.vocabulary().phrases().stream()
        .filter(
            entry ->
                near.isEmpty()
                    || names.contains(ConceptNames.plain(entry.phrase()))
                    || names.contains(ConceptNames.plain(entry.name())))
        .map(this::set)
        .toList();
  }

  private Set<String> ofGrid(Collection<ImageSet> evaluated) {
    Set<String> prompts =
        task.grid().stream()
            .flatMap(grid -> grid.prompts().values().stream())
            .flatMap(row -> row.values().stream())
            .collect(Collectors.toSet());
    return evaluated.stream()
        .flatMap(set -> set.shots().stream())
        .filter(shot -> prompts.contains(shot.prompt()))
        .map(Shot::label)
        .map(ConceptNames::plain)
        .collect(Collectors.toSet());
  }

  private ImageSet set(Phrase entry) {
    return new ImageSet(
        "calibration/" + entry.phrase(),
        entry.phrase() + ", calibration",
        ImageSet.shots(
            List.of(PromptTemplate.of(entry.kind()).with(entry.phrase())),
            task.seeds().calibration(),
            entry.phrase(),
            entry.kind()),
        true);
  }
}
