package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.plugin.forget.linear.UceEraser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The eraser that others have measured on the published weights of an architecture, with the
 * settings of its authors: what is taken where nothing here can judge images. The defaults of this
 * program were measured on a smaller model with another text encoder.
 *
 * @param candidate with the settings
 * @param evidence whose results these are and where they stand, in a line
 */
record PublishedEraser(Candidate candidate, String evidence) {
  /** Stable Diffusion 1.x and 2.x, as {@link DiffusionModel#base} names what the tensors tell. */
  private static final String FAMILY = "stable-diffusion-v";

  /** The same of XL. */
  private static final String FAMILY_XL = "stable-diffusion-xl-v";

  /**
   * The settings of UCE's code of 2023, by which the results of its paper were made: the bare name;
   * its last token and all rows after it; the empty prompt kept whole.
   */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("template", "{}"),
          Map.entry("token-selection", "following"),
          Map.entry("projections", "kv"),
          Map.entry("general-text-rows", "0"),
          Map.entry("preserve-empty", "true"),
          Map.entry("lambda", "0.5"),
          Map.entry("erase-scale", "1"));

  private static final String GUIDE = "guide";
  private static final String EVIDENCE =
      "uce with its authors' settings, by results of others on Stable Diffusion 1.4: Gandikota et"
          + " al., arXiv 2308.14761 (erased artists and Imagenette objects), and under attack the"
          + " UnlearnDiffAtk benchmark, arXiv 2310.11868; docs/forgetting-real-models.md";
  private static final String NONE_OF_XL =
      "; no such results on Stable Diffusion XL are known here";

  /**
   * What is published for a model's architecture; for the embedded model and unknown sizes nothing
   * is.
   *
   * @param becoming what concepts become; where that is nothing, what it is by default there
   * @param values of the choice; {@code keep} names phrases to keep beside the empty prompt
   */
  static Optional<PublishedEraser> of(DiffusionModel model, Becoming becoming, Settings values) {
    boolean xl = model.base().architecture().startsWith(FAMILY_XL);
    if (!xl && !model.base().architecture().startsWith(FAMILY)) {
      return Optional.empty();
    }
    Map<String, String> settings = new HashMap<>(SETTINGS);
    Optional.ofNullable(becoming.settings().get(GUIDE))
        .ifPresent(guide -> settings.put(GUIDE, guide));
    List<String> keep = values.list("keep");
    if (!keep.isEmpty()) {
      settings.put("preserve", Settings.joined(keep));
    }
    // their scale: one over the number of kept texts, the empty prompt among them, 0.1 at least
    double scale = Math.max(0.1, 1.0 / (1 + keep.size()));
    settings.put("preserve-scale", Double.toString(scale));
    String evidence = xl ? EVIDENCE + NONE_OF_XL : EVIDENCE;
    return Optional.of(new PublishedEraser(new Candidate(new UceEraser(), settings), evidence));
  }
}
