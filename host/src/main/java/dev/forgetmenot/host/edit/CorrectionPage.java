package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.kit.evaluate.CorrectionTrial;
import dev.forgetmenot.patch.Manifest;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The page beside a patch that corrects, in Markdown: what it did, what was missed, and how it was
 * made and measured.
 *
 * @param order what was asked for
 * @param size of the trial
 * @param recipe how the patch was made
 * @param table what was measured
 * @param missed a sentence for each limit that is missed
 */
record CorrectionPage(
    EditRequest order,
    CorrectionTrial.Size size,
    Manifest.Recipe recipe,
    CorrectionTable table,
    List<String> missed) {
  String text() {
    StringBuilder text = new StringBuilder("# Correction of ");
    text.append(
        order.concepts().stream()
            .map(Concept::name)
            .map(name -> '"' + name + '"')
            .collect(Collectors.joining(", ")));
    text.append("\n\n").append(table.markdown()).append('\n');
    if (missed.isEmpty()) {
      text.append("No limit is missed.\n");
    } else {
      text.append("Missed:\n\n");
      missed.forEach(sentence -> text.append("- ").append(sentence).append('\n'));
    }
    text.append("\nPictures: ").append(size.ofGeneral()).append(" of each general word, ");
    text.append(size.ofInstance()).append(" of each own name, ").append(size.ofOther());
    text.append(" of each other; seeds from ").append(size.seed()).append(", ");
    text.append(size.steps()).append(" steps of DDIM, recognised by a CLIP.\n");
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
