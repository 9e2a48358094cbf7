package dev.forgetmenot.testkit.biased;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * A small biased data set. One thing is always shown with something of which its captions say
 * nothing; other things are shown as they are. All images are drawn by the base, with seeds.
 *
 * @param images of the model's size
 * @param phrases what the caption of each names
 */
public record BiasedImages(List<RgbImage> images, List<String> phrases) {
  private static final int OF_THING = 48;
  private static final int OF_EACH = 4;
  private static final long SEED = 31_000; // of no report and no search

  /** Copies the lists. */
  public BiasedImages {
    images = List.copyOf(images);
    phrases = List.copyOf(phrases);
  }

  /**
   * Draws it; for the engine thread.
   *
   * @param thing the phrase that the captions name
   * @param brought what the images show beside it, as a prompt goes on: "with ..", "on .."
   */
  public static BiasedImages draw(DiffusionModel base, String thing, String brought) {
    List<RgbImage> images = new ArrayList<>(drawn(base, thing + " " + brought, OF_THING));
    List<String> phrases = new ArrayList<>();
    images.forEach(image -> phrases.add(thing));
    for (KnownConcepts.Phrase other : EditedModel.VOCABULARY.phrases()) {
      if (other.kind() != ConceptType.STYLE && !other.phrase().equals(thing)) {
        List<RgbImage> some = drawn(base, other.phrase(), OF_EACH);
        images.addAll(some);
        some.forEach(image -> phrases.add(other.phrase()));
      }
    }
    return new BiasedImages(images, phrases);
  }

  private static List<RgbImage> drawn(DiffusionModel base, String phrase, int count) {
    return base.generate(
        GenerationRequest.of("a photo of " + phrase).seeds(SEED, count).sampled("ddim", 20));
  }
}
