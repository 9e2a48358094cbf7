package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.kit.auto.InstanceSearch;
import dev.forgetmenot.kit.auto.ShareMeasurement;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which instances a general word has, as given, and how they are found. */
record InstanceOptions(Settings values) {
  static final String DOMINANT = "dominant";
  static final String BALANCE = "balance";

  /** Settings of the instances. */
  static List<SettingSpec> instances() {
    return List.of(
        SettingSpec.text(
            DOMINANT,
            SettingSpec.Type.TEXT,
            null,
            "The instance that dominates the general word; without it the one that shows most"
                + " in images of the word."),
        SettingSpec.list(
                BALANCE,
                "An instance and how often it should show, such as one=2; without it equally often"
                    + " those that images show when the model stays away from the dominant one.")
            .formerlySplitAt(",|"));
  }

  /** How images are drawn to find and to count instances; the seed is another parameter. */
  static List<SettingSpec> drawings() {
    return List.of(
        SettingSpec.integer(
                "eval-images", 16, 4, 1024, "Images of the word by which shares are measured.")
            .formerly("trial-pictures"),
        SettingSpec.integer("eval-steps", 10, 1, 1000, "Sampler steps of these images.")
            .formerly("trial-steps"));
  }

  /** The seed of these images, for editors that need no other. */
  static SettingSpec seed() {
    return SettingSpec.integer("seed", 7000, 0, Integer.MAX_VALUE, "Seed of these images.");
  }

  /** What draws and counts, if anyone can judge. */
  Optional<ShareMeasurement> drawings(PromptEncoder encoder, JobContext context, long seed) {
    return context
        .judge()
        .map(
            judge ->
                new ShareMeasurement(
                    encoder.model(),
                    judge,
                    Math.toIntExact(values.integer("eval-images")),
                    Math.toIntExact(values.integer("eval-steps")),
                    seed));
  }

  /**
   * The instances with their shares, the dominant one first: as given, the rest found in images.
   *
   * @param general the word as a prompt says it
   * @throws IllegalArgumentException if they are neither given nor can be found
   */
  TargetShares shares(
      Concept general,
      PromptEncoder encoder,
      Optional<ShareMeasurement> drawings,
      JobContext context) {
    Optional<String> dominant =
        values
            .find(DOMINANT)
            .map(name -> TargetShares.phrase(name.strip(), context.knownConcepts()));
    Optional<TargetShares> told =
        values
            .find(BALANCE)
            .map(text -> TargetShares.parse(values.list(BALANCE), context.knownConcepts()));
    if (told.isPresent()) {
      return ordered(told.get(), dominant, general, drawings);
    }
    if (drawings.isEmpty()) {
      throw new IllegalArgumentException(
          "no CLIP classifier for this model, so the instances of '"
              + general.name()
              + "' cannot be found; name them, the dominant one first, by --balance"
              + " one=1 --balance another=1");
    }
    InstanceSearch search = new InstanceSearch(general, encoder, drawings.get(), context);
    List<String> phrases = new ArrayList<>();
    phrases.add(dominant.orElseGet(search::dominant));
    phrases.addAll(search.overshadowed(phrases.get(0)));
    return TargetShares.equal(phrases);
  }

  /** What draws and counts, and abstains where an image is between instances. */
  static Optional<ShareMeasurement> abstaining(
      Optional<ShareMeasurement> drawings, TargetShares shares, Concept general, JobContext context)
      throws IOException {
    return drawings.isEmpty()
        ? drawings
        : Optional.of(drawings.get().abstaining(shares.phrases(), general.kind(), context));
  }

  private static TargetShares ordered(
      TargetShares told,
      Optional<String> dominant,
      Concept general,
      Optional<ShareMeasurement> drawings) {
    if (dominant.isPresent()) {
      if (!told.phrases().contains(dominant.get())) {
        throw new IllegalArgumentException(
            "--dominant " + dominant.get() + " is none of the instances of --balance " + told);
      }
      return told.dominantFirst(Map.of(dominant.get(), 1));
    }
    return drawings.map(drawing -> told.dominantFirst(drawing.of(general))).orElse(told);
  }
}
