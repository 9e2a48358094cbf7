package dev.forgetmenot.evaluation.bench;

import java.util.List;

/**
 * Things in styles, each thing in each style.
 *
 * @param things names of concepts that are identities or objects
 * @param styles names of concepts that are styles
 * @param prompt with <code>{thing}</code> and <code>{style}</code>
 * @param seeds how many images of each pair
 */
public record BenchGrid(List<Mention> things, List<Mention> styles, Mention prompt, int seeds) {
  /** Copies the lists. */
  public BenchGrid {
    things = List.copyOf(things);
    styles = List.copyOf(styles);
  }

  /** The prompt of a thing in a style, given how prompts say them. */
  public String filled(String thing, String style) {
    return prompt.text().replace(BenchPrompt.THING, thing).replace(BenchPrompt.STYLE, style);
  }
}
