package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * The work units of image sets.
 *
 * @param model has the identities
 * @param settings of all images, with a sampler and a size
 */
record TaskUnits(TestedModel model, GenerationRequest settings) {
  /** The unit of each shot of a set, in order. */
  List<ImageUnit> of(ImageSet set, ModelState state) {
    ImageUnit.Model identity = model.identity(state);
    return set.shots().stream().map(shot -> unit(shot, identity)).toList();
  }

  /** The units of sets in all states in which they are drawn. */
  List<ImageUnit> of(List<ImageSet> sets) {
    return sets.stream()
        .flatMap(
            set ->
                set.originalOnly()
                    ? of(set, ModelState.ORIGINAL).stream()
                    : Stream.of(ModelState.values()).flatMap(state -> of(set, state).stream()))
        .toList();
  }

  private ImageUnit unit(Shot shot, ImageUnit.Model identity) {
    return new ImageUnit(
        identity,
        shot.prompt(),
        settings.negativePrompt(),
        shot.seed(),
        settings.sampler().orElseThrow(),
        settings.steps(),
        settings.guidance(),
        settings.width().orElseThrow(),
        settings.height().orElseThrow());
  }

  /** What draws a unit. */
  static GenerationRequest request(ImageUnit unit) {
    return GenerationRequest.builder(unit.prompt())
        .negativePrompt(unit.negative())
        .seed(unit.seed())
        .sampler(unit.sampler())
        .steps(unit.steps())
        .guidance(unit.guidance())
        .width(unit.width())
        .height(unit.height())
        .build();
  }
}
