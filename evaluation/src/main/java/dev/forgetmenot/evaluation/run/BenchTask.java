package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.evaluation.bench.BenchGrid;
import dev.forgetmenot.evaluation.bench.BenchModel;
import dev.forgetmenot.evaluation.bench.ConceptKind;
import dev.forgetmenot.evaluation.bench.ConceptNames;
import dev.forgetmenot.evaluation.bench.Mention;
import dev.forgetmenot.evaluation.bench.Rung;
import dev.forgetmenot.evaluation.bench.SeedRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A list as evaluators see it: what is under test, what should stay, by the phrases of the
 * vocabulary, since these are what judges answer.
 *
 * @param targets of the list
 * @param vocabulary what judges choose from
 * @param mostSeeds at most so many seeds for each purpose, 2 or more for calibration; empty for the
 *     list's
 */
public record BenchTask(
    Bench bench, Targets targets, KnownConcepts vocabulary, OptionalInt mostSeeds) {
  /** Half of the calibration makes prototypes, the other half sets the threshold. */
  private static final int FEWEST_CALIBRATION = 2;

  /**
   * The task.
   *
   * @param sampler the name of the list's sampler, without aliases
   */
  public EvaluationTask task(String sampler) {
    return new EvaluationTask(
        targets.concepts().stream().map(this::evaluated).toList(),
        bench.concepts().stream()
            .filter(concept -> concept.kind() != ConceptKind.BROAD)
            .filter(Predicate.not(targets.forgotten()::contains))
            .map(this::evaluated)
            .toList(),
        bench.never().stream()
            .map(
                one ->
                    new EvaluationTask.NeverKnown(
                        one.name(), one.phrase(), one.kind().type(), one.images()))
            .toList(),
        vocabulary,
        bench.grid().map(this::grid),
        bench.general().prompts().stream()
            .map(Mention::text)
            .filter(text -> targets.forgotten().stream().noneMatch(one -> one.isMentionedIn(text)))
            .toList(),
        bench.general().seeds(),
        new EvaluationTask.Seeds(
            seeds(bench.seeds().target(), 1),
            seeds(bench.seeds().retain(), 1),
            bench.seeds().training().seeds().toArray(),
            seeds(bench.judge().calibration(), FEWEST_CALIBRATION),
            bench.seeds().luck().first()),
        settings(bench.model()).sampled(sampler, bench.model().steps()));
  }

  /**
   * Which concepts judges are set by, as the list says.
   *
   * @param task of this
   */
  public Calibration calibration(EvaluationTask task) {
    return bench.judge().calibratesAll(bench.model())
        ? Calibration.all(task)
        : Calibration.near(
            task, targets.concepts().stream().flatMap(one -> one.generalWords().stream()).toList());
  }

  private long[] seeds(SeedRange range, int fewest) {
    LongStream seeds = range.seeds();
    return (mostSeeds.isPresent() ? seeds.limit(Math.max(fewest, mostSeeds.getAsInt())) : seeds)
        .toArray();
  }

  /** How every image of a list is drawn; prompt and seed say nothing. */
  public static GenerationRequest settings(BenchModel model) {
    return GenerationRequest.builder("")
        .negativePrompt(model.negative())
        .sampler(model.sampler())
        .steps(model.steps())
        .guidance(model.guidance())
        .width(model.width())
        .height(model.height())
        .build();
  }

  private EvaluatedConcept evaluated(BenchConcept concept) {
    Map<String, List<String>> prompts = new LinkedHashMap<>();
    for (Rung rung : Rung.values()) {
      List<String> texts = bench.prompts(concept, rung);
      if (!texts.isEmpty()) {
        prompts.put(rung.word(), texts);
      }
    }
    Stream<String> labels =
        concept.kind() == ConceptKind.BROAD
            ? concept.members().stream().map(Mention::text)
            : Stream.of(concept.phrase());
    return new EvaluatedConcept(
        concept.name(),
        label(concept.phrase()),
        concept.kind().type(),
        labels.map(this::label).toList(),
        prompts,
        kept(bench.similar(concept).stream()),
        kept(bench.random(concept).stream().map(BenchConcept::phrase)),
        concept.guide().map(bench::phrase).map(this::label));
  }

  /** Neighbours, without what is forgotten with the concept. */
  private List<String> kept(Stream<String> phrases) {
    Set<String> gone =
        targets.forgotten().stream()
            .flatMap(
                one ->
                    Stream.concat(
                        Stream.of(one.phrase()), one.members().stream().map(Mention::text)))
            .map(ConceptNames::plain)
            .collect(Collectors.toSet());
    return phrases
        .filter(phrase -> !gone.contains(ConceptNames.plain(phrase)))
        .map(this::label)
        .toList();
  }

  /** A phrase as the vocabulary says it. */
  private String label(String phrase) {
    return ConceptNames.find(vocabulary, phrase).map(KnownConcepts.Phrase::phrase).orElse(phrase);
  }

  private EvaluationTask.Grid grid(BenchGrid grid) {
    List<String> things = phrases(grid.things());
    List<String> styles = phrases(grid.styles());
    Map<String, Map<String, String>> prompts = new LinkedHashMap<>();
    for (String thing : things) {
      Map<String, String> row = new LinkedHashMap<>();
      styles.forEach(style -> row.put(style, grid.filled(thing, style)));
      prompts.put(thing, row);
    }
    return new EvaluationTask.Grid(things, styles, prompts, grid.seeds());
  }

  private List<String> phrases(List<Mention> mentions) {
    return mentions.stream().map(bench::phrase).map(this::label).toList();
  }
}
