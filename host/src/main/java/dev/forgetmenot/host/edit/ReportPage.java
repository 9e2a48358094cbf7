package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.patch.Manifest;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The page beside a patch, in Markdown: what it did, what a correction missed, and how it was made
 * and measured.
 *
 * @param order what was asked for
 * @param evaluation what was drawn
 * @param recipe how the patch was made
 * @param table what was measured
 * @param missed a sentence for each limit that a correction missed
 * @param judges sentences on two judges and where they differ; empty where there is one
 */
record ReportPage(
    EditRequest order,
    Evaluation evaluation,
    Manifest.Recipe recipe,
    ReportTable table,
    List<String> missed,
    List<String> judges) {
  String text() {
    boolean corrects = order.editor().operation() == Operation.CORRECT;
    StringBuilder text = new StringBuilder(corrects ? "# Correction of " : "# Forgetting of ");
    text.append(
        order.concepts().stream()
            .map(Concept::name)
            .map(name -> '"' + name + '"')
            .collect(Collectors.joining(", ")));
    text.append("\n\n").append(table.markdown()).append('\n');
    if (corrects) {
      text.append(missed.isEmpty() ? "No limit is missed.\n\n" : "Missed:\n\n");
      missed.forEach(sentence -> text.append("- ").append(sentence).append('\n'));
      text.append(missed.isEmpty() ? "" : "\n");
    }
    judges.forEach(sentence -> text.append("- ").append(sentence).append('\n'));
    text.append(judges.isEmpty() ? "" : "\n");
    Evaluation.Size size = evaluation.size();
    text.append("Prompt: \"").append(evaluation.prompt(evaluation.goals().get(0)));
    text.append("\". Images: ").append(size.ofConcept());
    text.append(corrects ? " of each general word, " : " of each concept, ");
    if (corrects) {
      text.append(size.ofInstance()).append(" of each own name, ");
    }
    if (!evaluation.near().isEmpty()) {
      text.append(size.ofNear()).append(" of each near one, ");
    }
    text.append(size.ofOther()).append(" of each other; seeds from ").append(size.seed());
    text.append(", ").append(size.steps()).append(" steps of DDIM, recognised by a CLIP");
    text.append(judges.isEmpty() ? "" : "'s image tower").append(". In");
    text.append(" brackets: the 95 % Wilson score interval of a count's share.\n");
    text.append("\nPatch: `").append(order.patch().getFileName()).append("`, method `");
    text.append(recipe.method()).append("`, ").append(recipe.steps()).append(" steps, seed ");
    text.append(recipe.seed()).append(".\n");
    if (!recipe.parameters().isEmpty()) {
      text.append("\n| parameter | value |\n|---|---|\n");
      recipe
          .parameters()
          .forEach(
              (name, value) ->
                  text.append("| ").append(name).append(" | ").append(cell(value)).append(" |\n"));
    }
    text.append("\n![before and after](<").append(order.sheet().getFileName()).append(">)\n");
    return text.toString();
  }

  private static String cell(String value) {
    return value.replace("|", "\\|").replaceAll("\\R", " ");
  }
}
