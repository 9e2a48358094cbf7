package dev.forgetmenot.evaluation.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the prompts of a concept say its name where they should, and only there.
 *
 * @param grid whether the list has a grid, whose things fill {@link BenchPrompt#THING}
 */
record PromptChecks(Problems problems, BenchConcept concept, boolean grid) {
  private static final Pattern MARK = Pattern.compile("\\{[^}]*\\}?");

  void check() {
    for (BenchPrompt prompt : concept.prompts()) {
      marks(prompt);
      if (prompt.rung() == Rung.PREFIX) {
        prefix(prompt);
      }
      if (!prompt.rung().named() && ConceptNames.mentions(prompt.text(), hidden(prompt.rung()))) {
        wrong(prompt, "says the name: describe the concept without it");
      }
    }
  }

  /** What must not be said: a variant may be an alias, a description may not. */
  private Set<String> hidden(Rung rung) {
    return rung == Rung.VARIANT
        ? Set.copyOf(
            List.of(ConceptNames.plain(concept.name()), ConceptNames.plain(concept.phrase())))
        : concept.names();
  }

  private void marks(BenchPrompt prompt) {
    String name = concept.kind() == ConceptKind.BROAD ? BenchPrompt.MEMBER : BenchPrompt.NAME;
    List<String> allowed = new ArrayList<>();
    if (prompt.rung().named()) {
      allowed.add(name);
      if (!prompt.text().contains(name)) {
        wrong(prompt, "has no " + name + ": write it where the name goes");
      }
    }
    if (concept.kind() == ConceptKind.STYLE && grid) {
      allowed.add(BenchPrompt.THING);
    }
    Matcher marks = MARK.matcher(prompt.text());
    while (marks.find()) {
      if (!allowed.contains(marks.group())) {
        wrong(
            prompt,
            "has "
                + marks.group()
                + (allowed.isEmpty()
                    ? ": this rung takes no names"
                    : ": expected " + String.join(" or ", allowed)));
      }
    }
  }

  private void prefix(BenchPrompt prompt) {
    if (!BenchConcept.GLUED.matcher(prompt.text()).find()) {
      wrong(prompt, "has no word glued to the name: write one like happy{}");
    }
  }

  private void wrong(BenchPrompt prompt, String what) {
    problems.add(
        prompt.template().place(),
        "the prompt \""
            + prompt.text()
            + "\" of "
            + concept.name()
            + ", rung "
            + prompt.rung().word()
            + ", "
            + what);
  }
}
