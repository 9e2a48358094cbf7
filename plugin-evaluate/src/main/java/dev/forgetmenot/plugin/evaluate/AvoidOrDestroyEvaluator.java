package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.measure.AvoidOrDestroy;
import dev.forgetmenot.evaluation.measure.AvoidOrDestroy.Loss;
import dev.forgetmenot.kit.concept.EvenSpread;
import dev.forgetmenot.plugin.evaluate.ImageSets.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Whether the patched model avoids a target when its name is said, or can no longer draw it: how
 * well both models denoise the original's images of the target, with its name and without.
 */
@Extension(ordinal = 80)
public final class AvoidOrDestroyEvaluator implements Evaluator {
  private static final String SOURCE = "this project; the mechanisms are named in arXiv 2505.17013";
  private static final int IMAGES = 32;

  @Override
  public String name() {
    return "avoid-or-destroy";
  }

  @Override
  public String summary() {
    return "Whether the name is avoided or the thing can no longer be drawn: losses of denoising.";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    ImageSets sets = new ImageSets(task);
    List<ImageSet> images = new ArrayList<>();
    List<NotTested> missing = new ArrayList<>();
    long passes = 0;
    for (EvaluatedConcept target : task.targets()) {
      images.add(sets.name(target));
      passes += 2L * Math.min(IMAGES, sets.name(target).shots().size()); // with and without name
      Optional<ImageSet> others = sets.neighbours(target, Group.RANDOM);
      others.ifPresentOrElse(
          images::add,
          () ->
              missing.add(
                  new NotTested(
                      "destroy", target.name(), "", "The list has no random neighbours of it.")));
      passes += others.map(set -> Math.min(IMAGES, set.shots().size())).orElse(0);
    }
    return new Needs(images, 2 * passes * DenoisingLoss.PASSES, missing);
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    ImageSets sets = new ImageSets(task);
    List<Measurement> found = new ArrayList<>();
    for (EvaluatedConcept target : task.targets()) {
      Losses losses = new Losses(access, context, task.seeds().calibration()[0]);
      ImageSet own = sets.name(target);
      Optional<ImageSet> others = sets.neighbours(target, Group.RANDOM);
      Loss original = losses.of(own, ModelState.ORIGINAL);
      double before =
          others.isEmpty() ? Double.NaN : losses.unnamed(others.get(), ModelState.ORIGINAL);
      Loss patched = losses.of(own, ModelState.PATCHED);
      double after =
          others.isEmpty() ? Double.NaN : losses.unnamed(others.get(), ModelState.PATCHED);
      found.addAll(rows(target, own, others, original, patched, before, after));
    }
    return found;
  }

  private static List<Measurement> rows(
      EvaluatedConcept target,
      ImageSet own,
      Optional<ImageSet> others,
      Loss original,
      Loss patched,
      double before,
      double after) {
    AvoidOrDestroy found = AvoidOrDestroy.of(original, patched, before, after);
    String losses =
        " L is the mean squared error of the predicted noise over the original's images of the"
            + " target (at most 32), t = 50, 150, .., 950 and 4 noises each, the same for both"
            + " models.";
    List<Measurement> rows = new ArrayList<>();
    rows.add(
        row("gap", target, Good.NONE)
            .original(Reading.of(original.unnamed() - original.named()))
            .patched(Reading.of(patched.unnamed() - patched.named()))
            .explained(
                "What the name helps to denoise the target: L(\"\") - L(name)." + losses, SOURCE)
            .of(own)
            .build());
    rows.add(
        row("avoid", target, Good.NONE)
            .patched(Reading.of(found.avoid()))
            .explained(
                "1 - gap of the patched model / gap of the original: 1 if the name does nothing any"
                    + " more, 0 if it does what it did; undefined where the original's gap is not"
                    + " above 0."
                    + losses,
                SOURCE)
            .of(own)
            .build());
    others.ifPresent(
        set ->
            rows.add(
                row("destroy", target, Good.NONE)
                    .patched(Reading.of(found.destroy()))
                    .explained(
                        "How much L(\"\") grew on the target's images, less how much it grew on"
                            + " images of random others: 0 if the thing can be denoised as well as"
                            + " before."
                            + losses,
                        SOURCE)
                    .of(own, set)
                    .build()));
    return rows;
  }

  private static Measurement.Builder row(String measure, EvaluatedConcept target, Good good) {
    return Measurement.builder(measure, target.name()).in(Unit.NUMBER, good);
  }

  /** Mean losses over the original's images of a set. */
  private record Losses(EvaluationAccess access, JobContext context, long seed) {
    Loss of(ImageSet set, ModelState state) throws IOException {
      List<Integer> chosen = EvenSpread.places(IMAGES, set.shots().size());
      List<RgbImage> images = images(set, chosen);
      List<String> prompts = chosen.stream().map(i -> set.shots().get(i).prompt()).toList();
      double[] sums =
          access.compute(
              state, model -> new DenoisingLoss(model, seed, context).of(images, prompts));
      return new Loss(sums[1], sums[0]);
    }

    double unnamed(ImageSet set, ModelState state) throws IOException {
      List<RgbImage> images = images(set, EvenSpread.places(IMAGES, set.shots().size()));
      return access.compute(
          state, model -> new DenoisingLoss(model, seed, context).of(images, List.of())[0]);
    }

    private List<RgbImage> images(ImageSet set, List<Integer> chosen) throws IOException {
      List<RgbImage> all = access.images(set, ModelState.ORIGINAL);
      return chosen.stream().map(all::get).toList();
    }
  }
}
