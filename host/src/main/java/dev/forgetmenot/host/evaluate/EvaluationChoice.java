package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patching.PatchSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a user chooses to measure.
 *
 * @param list a list of the program, or a file
 * @param concepts what was to be forgotten, as the list names it; empty for what the patches say
 * @param evaluators by name; empty for all but those that take very long
 * @param seeds at most so many images of each prompt or concept; empty for the list's
 */
public record EvaluationChoice(
    String list, List<String> concepts, List<String> evaluators, OptionalInt seeds) {
  /** The operation of patches that let a model forget. */
  private static final String FORGET = "forget";

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if the number of seeds is not positive
   */
  public EvaluationChoice {
    concepts = List.copyOf(concepts);
    evaluators = List.copyOf(evaluators);
    if (seeds.isPresent() && seeds.getAsInt() < 1) {
      throw new IllegalArgumentException("seeds should be 1 or more, not " + seeds.getAsInt());
    }
  }

  /**
   * The concepts under test.
   *
   * @throws IllegalArgumentException if one is not in the list, or nothing is found
   */
  public Targets targets(Bench bench, PatchSet patches) {
    List<String> forgotten =
        patches.files().stream()
            .map(PatchFile::manifest)
            .map(Manifest::intent)
            .filter(intent -> intent.operation().equals(FORGET))
            .flatMap(intent -> intent.concepts().stream())
            .map(Manifest.IntentConcept::label)
            .distinct()
            .toList();
    return Targets.of(bench, forgotten, concepts);
  }

  /**
   * The evaluators, in the order of the report.
   *
   * @param all that the installed plugins have
   * @throws IllegalStateException if there is none
   * @throws IllegalArgumentException if one is named that is not there
   */
  public List<Evaluator> evaluators(List<Evaluator> all) {
    if (all.isEmpty()) {
      throw new IllegalStateException(
          "no installed plugin evaluates: put the jar of plugin-evaluate into the plugins folder"
              + " ('fmn plugins' lists what is there)");
    }
    List<String> names = all.stream().map(Evaluator::name).toList();
    for (String name : evaluators) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            Message.of(
                "no evaluator is named '%s'; the nearest of %s is %s",
                name, names, Suggestions.of(name, names).get(0)));
      }
    }
    return all.stream()
        .filter(one -> evaluators.isEmpty() ? one.byDefault() : evaluators.contains(one.name()))
        .toList();
  }

  /** The command that makes the same again, wherever the files are. */
  public List<String> words(PatchSet patches) {
    List<String> words = new ArrayList<>(List.of("fmn", "evaluate"));
    words.add(String.valueOf(Path.of(list).getFileName()));
    words.addAll(patchWords(patches));
    concepts.forEach(concept -> words.addAll(List.of("--concept", concept)));
    evaluators.forEach(evaluator -> words.addAll(List.of("--evaluator", evaluator)));
    seeds.ifPresent(most -> words.addAll(List.of("--seeds", Integer.toString(most))));
    return words;
  }

  /** The options that put the same patches on. */
  public List<String> patchWords(PatchSet patches) {
    List<String> words = new ArrayList<>();
    patches
        .requests()
        .forEach(
            patch -> {
              String name = patch.open().orElseThrow().manifest().name();
              words.add("--patch");
              words.add(name + ".fmnpatch" + (patch.strength() == 1 ? "" : ":" + patch.strength()));
            });
    return words;
  }
}
