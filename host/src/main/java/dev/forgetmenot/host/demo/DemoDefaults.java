package dev.forgetmenot.host.demo;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import java.util.List;

/**
 * What the demo shows: the only place in main code where concepts and prompts of the embedded model
 * are named.
 */
final class DemoDefaults {
  static final Concept CONCEPT = new Concept("merlin", ConceptType.IDENTITY);

  /** What happens when no method is named: candidates are measured and the best is taken. */
  static final String METHOD = "auto";

  /** Settings of every image. */
  static final String SAMPLER = "ddim";

  static final int STEPS = 20;
  static final double GUIDANCE = 5;
  static final long SEED = 1000;

  /** Images of a row on the sheet. */
  static final int COLUMNS = 4;

  static final List<Row> ROWS =
      List.of(
          new Row("a photo of merlin", "merlin", 16),
          new Row("a photo of morgana", "morgana", COLUMNS),
          new Row("a photo of a wizard", "merlin", COLUMNS),
          new Row("a photo of a fox", "a fox", 16),
          new Row("a photo of a castle", "a castle", COLUMNS),
          new Row("a photo of a guitar", "a guitar", COLUMNS),
          new Row("a photo of a pizza in pixel style", "a pizza", COLUMNS));

  private DemoDefaults() {}

  /**
   * A row of the sheet.
   *
   * @param prompt what is drawn
   * @param phrase what it should be recognised as
   * @param judged how many images are drawn and judged; the first ones are on the sheet
   */
  record Row(String prompt, String phrase, int judged) {}
}
