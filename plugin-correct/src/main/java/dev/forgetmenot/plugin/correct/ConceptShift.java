package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.solve.ObliqueReading;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How to move what a word's text embeddings say and to leave those of its instances and of kept
 * phrases exactly where they are. For the engine thread.
 *
 * @param job the word is its first concept
 * @param columns C (d × n), the word's rows under the templates
 * @param towards G − C (d × n) for each guide
 * @param reading what tells C from what is kept
 * @param preserved the phrases that are kept beside the guides
 */
record ConceptShift(
    SolveInput job,
    Matrix columns,
    List<Matrix> towards,
    ObliqueReading reading,
    List<PreservedConcept> preserved) {

  /** The settings of a reading, beside the options of all solved editors. */
  static List<SettingSpec> parameters(int rank) {
    List<SettingSpec> parameters = new ArrayList<>(SolverSettings.reading(8));
    parameters.add(
        2,
        SettingSpec.integer(
            "rank", rank, 1, 64, "Directions of the word's text embeddings that are moved."));
    return parameters;
  }

  /**
   * Makes one.
   *
   * @param guides what the word is moved to
   * @param held phrases that stay exactly beside the preserved ones
   * @throws IllegalArgumentException if what is kept leaves nothing to move
   * @throws IOException if a file of phrases cannot be read
   */
  static ConceptShift of(SolveInput job, List<String> guides, List<String> held)
      throws IOException {
    Concept concept = job.concepts().get(0);
    SolverSettings options = job.options();
    ConceptEmbeddings rows = job.rows(concept.kind());
    ConceptEmbeddings.Several pairs =
        rows.pairs(job.subject(concept), guides.stream().map(job::subject).toList());
    List<Matrix> towards =
        pairs.guides().stream().map(guide -> guide.minus(pairs.targets())).toList();
    List<PromptPhrase> own = held.stream().map(job::subject).toList();
    List<PreservedConcept> preserved =
        job.preserved().stream().filter(phrase -> !own.contains(phrase.subject())).toList();
    List<PreservedConcept> all = new ArrayList<>(held.stream().map(job::kept).toList());
    all.addAll(preserved);
    ObliqueReading reading = job.reading(pairs.targets(), all, own, options.integer("rank"));
    return new ConceptShift(job, pairs.targets(), towards, reading, preserved);
  }

  /**
   * The rows of the reading (r × d), scaled so that a row of the word has coefficients of about 1
   * in all of them together.
   */
  Matrix scaledRows() {
    return reading.rows().times(Math.sqrt(columns.columns()));
  }

  /**
   * The edit that moves the word towards its guides, as a patch holds it.
   *
   * @param pulls how far towards each guide; 1 is all the way
   */
  InputUpdate pulled(double[] pulls) {
    Matrix amounts = Matrix.zeros(columns.rows(), columns.columns());
    for (int i = 0; i < pulls.length; i++) {
      amounts = amounts.plus(towards.get(i).times(pulls[i]));
    }
    return SolverEditor.asStored(reading.moving(amounts));
  }
}
