package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.inversion.InversionListener;
import dev.forgetmenot.kit.inversion.TextualInversion;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.kit.train.TrainingImages;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Two tokens that bring a concept back, learned on a model as it is from images of the concept, as
 * M-Score does but with fewer steps. What does not come back in so few steps may come back in more.
 * For the engine thread.
 *
 * @param steps of the inversion, 1 or more
 */
public record ShortInversion(int steps) {
  /**
   * Learns tokens, which are in the vocabulary until the result is closed.
   *
   * @param number names them apart from others that are there: {@code <a1>}, {@code <b1>}
   * @param images of the concept, at least one
   * @throws IOException never, since no state is kept
   */
  public AddedTokens learned(
      DiffusionModel model, ConceptType kind, int number, TrainingImages images, JobContext context)
      throws IOException {
    List<String> names = List.of("<a" + number + ">", "<b" + number + ">");
    Map<String, String> given =
        Map.of("steps", Integer.toString(steps), "tokens", Settings.joined(names));
    TextualInversionSettings settings =
        new TextualInversionSettings(Settings.of(TextualInversionSettings.parameters(), given));
    return model.addTokens(
        new TextualInversion(model, settings)
            .run(kind, images, JobContext.silent(context), InversionListener.NONE)
            .vectors());
  }
}
