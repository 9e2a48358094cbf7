package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be said of a list only beside a model: prompts that it cuts off, unknown concepts. */
public final class ModelChecks {
  private ModelChecks() {}

  /**
   * The prompts that a tokenizer cuts off. What is behind the cut is never drawn, so that another
   * concept would be measured.
   *
   * @param cut the end of a prompt that does not fit the tokenizer's tokens, empty if all of it
   *     does
   * @return a mistake for each, which says where it is cut
   */
  public static List<BenchProblem> cutOff(Bench bench, UnaryOperator<String> cut) {
    List<BenchProblem> problems = new ArrayList<>();
    List<String> things =
        bench.grid().map(BenchGrid::things).orElse(List.of()).stream().map(bench::phrase).toList();
    for (BenchConcept concept : bench.concepts()) {
      for (BenchPrompt prompt : concept.prompts()) {
        String owner = concept.name() + ", rung " + prompt.rung().word() + ",";
        for (String text : concept.filled(prompt, things)) {
          add(problems, prompt.template().place(), "of " + owner, text, cut);
        }
      }
    }
    for (Mention prompt : bench.general().prompts()) {
      add(problems, prompt.place(), "among the general ones", prompt.text(), cut);
    }
    for (PromptRow row : bench.csv().map(PromptTable::rows).orElse(List.of())) {
      add(problems, row.place(), "of row " + row.id(), row.prompt(), cut);
    }
    bench.grid().ifPresent(grid -> addGrid(problems, bench, grid, cut));
    return problems;
  }

  private static void addGrid(
      List<BenchProblem> problems, Bench bench, BenchGrid grid, UnaryOperator<String> cut) {
    for (Mention thing : grid.things()) {
      for (Mention style : grid.styles()) {
        String text = grid.filled(bench.phrase(thing), bench.phrase(style));
        add(problems, grid.prompt().place(), "of the grid", text, cut);
      }
    }
  }

  private static void add(
      List<BenchProblem> problems,
      Place place,
      String owner,
      String prompt,
      UnaryOperator<String> cut) {
    String lost = cut.apply(prompt);
    if (!lost.isEmpty()) {
      problems.add(
          new BenchProblem(
              place,
              "the prompt \""
                  + prompt
                  + "\" "
                  + owner
                  + " is cut off before \""
                  + lost
                  + "\": the tokenizer takes no more, so shorten it"));
    }
  }

  /**
   * Never-known concepts that a model or a judge does know.
   *
   * @param known its vocabulary
   * @return a mistake for each
   */
  public static List<BenchProblem> known(Bench bench, KnownConcepts known) {
    Set<String> plain = plain(known);
    return bench.never().stream()
        .filter(
            one ->
                plain.contains(ConceptNames.plain(one.name()))
                    || plain.contains(ConceptNames.plain(one.phrase())))
        .map(
            one ->
                new BenchProblem(
                    one.place(),
                    Message.of(
                        "never names %s, which is in the vocabulary: name what the model does not know",
                        one.name())))
        .toList();
  }

  private static Set<String> plain(KnownConcepts known) {
    return known.phrases().stream()
        .flatMap(phrase -> Stream.of(phrase.name(), phrase.phrase()))
        .map(ConceptNames::plain)
        .collect(Collectors.toSet());
  }

  /**
   * The concepts, members and neighbours that a model or a judge does not know.
   *
   * @param known its vocabulary
   * @return a mistake for each
   */
  public static List<BenchProblem> unknown(Bench bench, KnownConcepts known) {
    List<BenchProblem> problems = new ArrayList<>();
    Set<String> plain = plain(known);
    List<String> phrases = known.phrases().stream().map(KnownConcepts.Phrase::phrase).toList();
    for (BenchConcept concept : bench.concepts()) {
      List<Mention> asked = new ArrayList<>(concept.members());
      if (concept.kind() != ConceptKind.BROAD) {
        asked.add(new Mention(concept.phrase(), concept.place()));
      }
      concept.similar().forEach(one -> asked.add(new Mention(bench.phrase(one), one.place())));
      for (Mention one : asked) {
        if (!plain.contains(ConceptNames.plain(one.text()))) {
          problems.add(
              new BenchProblem(
                  one.place(),
                  one
                      + " is not in the vocabulary; the nearest are "
                      + String.join(", ", Suggestions.of(one.text(), phrases))
                      + ": take one of them, or give another vocabulary"));
        }
      }
    }
    return problems;
  }
}
