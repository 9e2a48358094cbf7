package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.ObliqueReading;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the text embeddings of concepts differ from those of phrases that must not change: what
 * adapters read that learn to forget the concepts and nothing else. An adapter on a key or value
 * projection, W + up · rows, changes what the projection makes of the concepts and leaves the kept
 * phrases exactly ({@link ObliqueReading}). For the engine thread.
 *
 * @param rows (r × d), scaled so that a row of a concept has coefficients of about 1 in all of them
 *     together
 * @param keys root mean square of the numbers that the key projections make of what the rows carry
 *     of the concepts: the size of what is learned, on which the learning rate depends
 * @param general prompts about other things, which should stay; none without a vocabulary
 */
public record ConceptDirections(Matrix rows, double keys, List<String> general) {
  private static final int NEIGHBOURS = 14;

  private static final List<SettingSpec> SETTINGS = settings();

  /**
   * What differs from defaults: general text has prompts of several parts. Directions that only
   * backgrounds, second things and styles use look free beside prompts of one thing each.
   */
  private static final Map<String, String> GIVEN = Map.of("general-text", "prompts");

  private static List<SettingSpec> settings() {
    List<SettingSpec> settings = new ArrayList<>(SolverSettings.reading(NEIGHBOURS));
    settings.add(SolverSettings.generalText());
    settings.add(SolverSettings.generalWords());
    settings.add(SolverSettings.tokenSelection(TokenSelection.PADDING));
    settings.add(SolverSettings.padding());
    settings.add(SolverSettings.template());
    settings.add(SolverSettings.projections(TextProjections.KV));
    return List.copyOf(settings);
  }

  /**
   * Finds them.
   *
   * @param concepts as prompts say them
   * @param each directions of each concept
   * @throws IllegalArgumentException if a concept cannot be told from what is kept
   * @throws IOException never, since no file of phrases is named
   */
  public static ConceptDirections of(
      DiffusionModel model, List<Concept> concepts, int each, JobContext context)
      throws IOException {
    SolverSettings options = new SolverSettings(Settings.of(SETTINGS, GIVEN));
    SolveInput job =
        new SolveInput(
            concepts, options, new PromptEncoder(model), context, options::templatesOrFour);
    List<PreservedConcept> kept = new ArrayList<>(job.preserved());
    if (concepts.get(0).kind() != ConceptType.STYLE) {
      kept.addAll(job.generalWords());
    }
    Matrix columns =
        Matrix.joinColumns(
            concepts.stream()
                .map(concept -> job.rows(concept.kind()).of(job.subject(concept)))
                .toList());
    Matrix second = job.projector(List.of()).second();
    Matrix rows =
        ObliqueReading.of(second, columns, job.held(kept), each * concepts.size())
            .rows()
            .times(Math.sqrt(columns.columns()));
    return new ConceptDirections(
        rows, keys(job, carried(second, rows).times(rows.times(columns))), job.generalPrompts());
  }

  /**
   * What a row is the coordinate of: S·Rᵀ(R·S·Rᵀ)⁻¹, where R·S·Rᵀ is diagonal.
   *
   * @return (d × r)
   */
  private static Matrix carried(Matrix second, Matrix rows) {
    Matrix patterns = second.timesTransposed(rows);
    double[] inverse = new double[rows.rows()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / rows.rows(i, i + 1).times(patterns).get(0, i);
    }
    return patterns.timesDiagonal(inverse);
  }

  private static double keys(SolveInput job, Matrix columns) {
    double squares = 0;
    long numbers = 0;
    for (String name : job.targets()) {
      if (name.endsWith("to_k.weight")) {
        Matrix keys = job.weight(name).times(columns);
        squares += keys.norm() * keys.norm();
        numbers += (long) keys.rows() * keys.columns();
      }
    }
    return Math.sqrt(squares / numbers);
  }

  /** The rows as a patch holds them. */
  Rows down() {
    return new Rows(rows.rows(), rows.columns(), rows.rowMajorFloats());
  }
}
