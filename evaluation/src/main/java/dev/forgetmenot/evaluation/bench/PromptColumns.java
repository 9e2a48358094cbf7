package dev.forgetmenot.evaluation.bench;

import java.util.List;
import java.util.Optional;

/**
 * Names of the columns of a table of prompts; of each, the first that the table has.
 *
 * @param prompt what is drawn
 * @param about the plain prompt that the drawn one was made from
 * @param seed a whole number
 * @param guidance the guidance scale
 * @param id a number or name of the row
 */
public record PromptColumns(
    List<String> prompt,
    List<String> about,
    List<String> seed,
    List<String> guidance,
    List<String> id) {
  /** The columns of prompt sets that were published with papers. */
  public static final PromptColumns PUBLISHED =
      new PromptColumns(
          List.of("adv_prompt", "prompt"),
          List.of("target_prompt"),
          List.of("sd_seed", "evaluation_seed", "seed"),
          List.of("sd_guidance_scale", "evaluation_guidance", "guidance"),
          List.of("case_number"));

  /** Columns by their names in one table. */
  static PromptColumns named(String prompt, Optional<String> seed, Optional<String> guidance) {
    return new PromptColumns(
        List.of(prompt),
        PUBLISHED.about,
        seed.map(List::of).orElse(List.of()),
        guidance.map(List::of).orElse(List.of()),
        PUBLISHED.id);
  }
}
