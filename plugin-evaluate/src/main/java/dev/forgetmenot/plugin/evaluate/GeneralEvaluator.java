package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.measure.ClipScore;
import dev.forgetmenot.evaluation.measure.Cmmd;
import dev.forgetmenot.evaluation.measure.Kid;
import dev.forgetmenot.evaluation.measure.UnitRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pf4j.Extension;

/**
 * What forgetting cost images of ordinary prompts: how well they fit the prompts, and how far they
 * are from the original's as a set. The original's value of a distance is its floor: that of two
 * halves of the original's own images.
 */
@Extension(ordinal = 40)
public final class GeneralEvaluator implements Evaluator {
  private static final String CLIP_SCORE = "CLIP score";
  private static final int FEWEST = 4; // two halves of two images

  private static final String FLOOR =
      " The original's value is the floor: the distance of two halves of its own images, which have"
          + " half as many images.";

  @Override
  public String name() {
    return "general";
  }

  @Override
  public String summary() {
    return "What it cost images of ordinary prompts: CLIP score, CMMD and KID (CLIP).";
  }

  @Override
  public Needs needs(EvaluationTask task) {
    List<ImageSet> images = images(task).stream().toList();
    return images.isEmpty()
        ? new Needs(
            images,
            0,
            List.of(
                new NotTested(
                    "CMMD", "", "", "The list has fewer than 4 images of general prompts.")))
        : new Needs(images, 0, List.of());
  }

  private static Optional<ImageSet> images(EvaluationTask task) {
    return new ImageSets(task).general().filter(images -> images.shots().size() >= FEWEST);
  }

  @Override
  public List<Measurement> measure(EvaluationTask task, EvaluationAccess access, JobContext context)
      throws IOException {
    Optional<ImageSet> general = images(task);
    return general.isEmpty() ? List.of() : measure(general.get(), access);
  }

  private static List<Measurement> measure(ImageSet images, EvaluationAccess access)
      throws IOException {
    UnitRows original = UnitRows.of(access.embeddings(images, ModelState.ORIGINAL));
    UnitRows patched = UnitRows.of(access.embeddings(images, ModelState.PATCHED));
    List<Measurement> found = new ArrayList<>();
    if (access.embedder().readsTexts()) {
      List<String> prompts = images.shots().stream().map(Shot::prompt).toList();
      UnitRows texts = UnitRows.of(access.embedder().texts(prompts));
      found.add(
          row(CLIP_SCORE, images, Good.HIGH)
              .original(Answers.reading(ClipScore.of(original, texts), texts.size()))
              .patched(Answers.reading(ClipScore.of(patched, texts), texts.size()))
              .explained(
                  "100 times the mean cosine of images and their prompts, by the judge's own CLIP."
                      + " Tables print it as 31 or 0.31; values of different CLIP models do not"
                      + " compare.",
                  "SPEED (Li et al. 2025); without the clamp and factor of Hessel et al. 2021")
              .build());
    } else {
      access.notTested(
          new NotTested(CLIP_SCORE, "", "", "What embeds the images has no text tower."));
    }
    String blind =
        "Squared mean discrepancy of the image embeddings of general images, 0 to 40. It does not"
            + " see that a set lost its spread.";
    String cmmd = "CMMD (Jayasumana et al. 2024), of another CLIP";
    UnitRows even = every(original, 0);
    UnitRows odd = every(original, 1);
    Cmmd floor = Cmmd.of(even, odd);
    Cmmd distance = Cmmd.of(patched, original);
    found.add(
        distance("CMMD", images, floor.biased(), distance.biased())
            .explained(blind + " By the number of images alone it is above 0." + FLOOR, cmmd)
            .build());
    found.add(
        distance("CMMD unbiased", images, floor.unbiased(), distance.unbiased())
            .explained(blind + " About 0, also below, for two samples of one set." + FLOOR, cmmd)
            .build());
    found.add(
        distance("KID (CLIP)", images, Kid.of(even, odd, 1), Kid.of(patched, original, 1))
            .explained(
                "Kernel distance of the image embeddings of general images, about 0, also below,"
                    + " for two samples of one set; 100 subsets of at most 1,000 images, seed 1."
                    + " Published values are of Inception's features and do not compare."
                    + FLOOR,
                "KID (Bińkowski et al. 2018), of CLIP's features")
            .build());
    return found;
  }

  private static Measurement.Builder row(String measure, ImageSet images, Good good) {
    return Measurement.builder(measure, "").in(Unit.NUMBER, good).of(images);
  }

  private static Measurement.Builder distance(
      String measure, ImageSet images, double floor, double value) {
    return row(measure, images, Good.LOW)
        .original(Answers.reading(floor, images.shots().size()))
        .patched(Answers.reading(value, images.shots().size()));
  }

  /** Every other one. */
  private static UnitRows every(UnitRows rows, int first) {
    return rows.rows(IntStream.range(0, rows.size()).filter(i -> i % 2 == first).toArray());
  }
}
