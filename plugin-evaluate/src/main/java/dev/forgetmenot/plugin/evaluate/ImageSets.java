package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.Grid;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.evaluation.bench.Rung;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The images that the evaluators of this plugin look at; those that several look at are equal.
 *
 * @param task what is evaluated
 */
record ImageSets(EvaluationTask task) {
  /** Near and further neighbours of a target. */
  enum Group {
    SIMILAR,
    RANDOM;

    /** As tables say it. */
    String word() {
      return this == SIMILAR ? "similar" : "random";
    }
  }

  /** A target's images by its name. */
  ImageSet name(EvaluatedConcept target) {
    return rung(target, Rung.NAME)
        .orElseThrow(() -> new IllegalArgumentException(target.name() + " has no prompt by name"));
  }

  /**
   * A target's images by the prompts of a rung: as many as there are seeds, spread over the prompts
   * in order.
   *
   * @return empty where the list has no prompts of this rung
   */
  Optional<ImageSet> rung(EvaluatedConcept target, Rung rung) {
    List<String> prompts = target.prompts().getOrDefault(rung.word(), List.of());
    if (prompts.isEmpty()) {
      return Optional.empty();
    }
    long[] seeds = task.seeds().target();
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < seeds.length; i++) {
      String prompt = prompts.get(Math.toIntExact((long) i * prompts.size() / seeds.length));
      shots.add(new Shot(prompt, seeds[i], expected(target, prompt), target.kind()));
    }
    String title = target.phrase() + ", rung " + rung.word();
    return Optional.of(new ImageSet(id(rung.word(), target), title, shots, false));
  }

  /**
   * Images of a target by its name that the original draws by seeds after all others of the list,
   * so that nothing else uses them.
   */
  ImageSet reserved(EvaluatedConcept target, int count) {
    EvaluationTask.Seeds seeds = task.seeds();
    long last =
        Stream.of(seeds.target(), seeds.retain(), seeds.training(), seeds.calibration())
            .flatMapToLong(LongStream::of)
            .max()
            .orElseThrow();
    List<String> prompts = target.prompts().get(Rung.NAME.word());
    List<Shot> shots =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new Shot(
                        prompts.get(i * prompts.size() / count),
                        last + 1 + i,
                        target.phrase(),
                        target.kind()))
            .toList();
    return new ImageSet(id("reserved", target), target.phrase() + ", to learn from", shots, true);
  }

  static String id(String group, EvaluatedConcept target) {
    return group + "/" + target.name().toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /** The label of a target's image: of a broad one the member that the prompt names. */
  private static String expected(EvaluatedConcept target, String prompt) {
    return target.labels().stream().filter(prompt::contains).findFirst().orElse(target.phrase());
  }

  /**
   * Images of a target's neighbours that are no targets themselves, by the name of each.
   *
   * @return empty where the list has none
   */
  Optional<ImageSet> neighbours(EvaluatedConcept target, Group group) {
    List<String> phrases = group == Group.SIMILAR ? target.similar() : target.random();
    List<Shot> shots =
        phrases.stream()
            .filter(phrase -> task.targets().stream().noneMatch(one -> names(one, phrase)))
            .flatMap(phrase -> retained(phrase, target.kind()).stream())
            .toList();
    String title = group.word() + " neighbours of " + target.phrase();
    return some(id(group.word(), target), title, shots);
  }

  private static boolean names(EvaluatedConcept concept, String phrase) {
    return concept.phrase().equals(phrase) || concept.labels().contains(phrase);
  }

  /** Images of all other concepts of the list, by the name of each; empty where there are none. */
  Optional<ImageSet> others() {
    List<Shot> shots =
        task.others().stream()
            .flatMap(other -> retained(other.phrase(), other.kind()).stream())
            .toList();
    return some("others", "all other concepts of the list", shots);
  }

  private List<Shot> retained(String phrase, ConceptType like) {
    Optional<EvaluatedConcept> known =
        task.others().stream().filter(other -> other.phrase().equals(phrase)).findFirst();
    ConceptType kind = known.map(EvaluatedConcept::kind).orElse(like);
    String prompt =
        known
            .map(other -> other.prompts().get(Rung.NAME.word()).get(0))
            .orElseGet(() -> PromptTemplate.of(kind).with(phrase));
    return ImageSet.shots(List.of(prompt), task.seeds().retain(), phrase, kind);
  }

  /** Images of the general prompts; empty where the list has none. */
  Optional<ImageSet> general() {
    List<Shot> shots =
        ImageSet.shots(task.general(), retain(task.generalSeeds()), "", ConceptType.OBJECT);
    return some("general", "general prompts", shots);
  }

  /** The images of the grid twice: of the first a judge says the thing, of the second the style. */
  List<ImageSet> grid(Grid grid) {
    List<Shot> things = new ArrayList<>();
    List<Shot> styles = new ArrayList<>();
    long[] seeds = retain(grid.seeds());
    for (String thing : grid.things()) {
      for (String style : grid.styles()) {
        List<String> prompt = List.of(grid.prompts().get(thing).get(style));
        things.addAll(ImageSet.shots(prompt, seeds, thing, ConceptType.OBJECT));
        styles.addAll(ImageSet.shots(prompt, seeds, style, ConceptType.STYLE));
      }
    }
    return List.of(
        new ImageSet("grid/things", "each thing in each style: the thing", things, false),
        new ImageSet("grid/styles", "each thing in each style: the style", styles, false));
  }

  private long[] retain(int count) {
    long first = task.seeds().retain()[0];
    return LongStream.range(first, first + count).toArray();
  }

  private static Optional<ImageSet> some(String id, String title, List<Shot> shots) {
    return shots.isEmpty() ? Optional.empty() : Optional.of(new ImageSet(id, title, shots, false));
  }
}
