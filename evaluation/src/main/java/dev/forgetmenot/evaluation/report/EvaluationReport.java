package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.patch.Manifest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that an evaluation found. It holds no times and no paths, so that equal evaluations have
 * equal reports. {@link ReportWriter} makes its files.
 *
 * @param bench the list that was asked
 * @param base the model without the patches under test
 * @param patches what was tested, sorted by id
 * @param tool what drew and judged
 * @param plan the digest of the plan, 64 hexadecimal digits
 * @param drawing how every image was drawn
 * @param targets what the patches should have made the model forget
 * @param judging by whom
 * @param parts what each evaluator found, in the order in which they ran
 * @param sets all images that the measurements are of, as sets in the order of the evaluators'
 *     needs; a set that several evaluators asked for is there once
 * @param restored whether the base's root and the images of some units were the original's again
 *     after the patches were taken off; empty if that was not looked at
 * @param command what makes the same report again, without a folder for the output
 */
public record EvaluationReport(
    BenchSource bench,
    Base base,
    List<TestedPatch> patches,
    Tool tool,
    String plan,
    Drawing drawing,
    List<Target> targets,
    Judging judging,
    List<Part> parts,
    List<DrawnSet> sets,
    Optional<Boolean> restored,
    String command) {
  /** Copies the lists. */
  public EvaluationReport {
    patches = List.copyOf(patches);
    targets = List.copyOf(targets);
    parts = List.copyOf(parts);
    sets = List.copyOf(sets);
  }

  /**
   * The list.
   *
   * @param name of the list
   * @param version of the list
   * @param sha256 of its bytes, 64 hexadecimal digits
   * @param preset of its attacks: {@code none}, {@code quick} or {@code paper}
   */
  public record BenchSource(String name, int version, String sha256, String preset) {}

  /**
   * The base model.
   *
   * @param root its digest, 64 hexadecimal digits
   * @param label what it is, for people
   */
  public record Base(String root, String label) {}

  /**
   * A patch under test.
   *
   * @param id 64 hexadecimal digits
   * @param name for people
   * @param strength it is applied with
   * @param training how it was trained; empty where nothing was
   */
  public record TestedPatch(
      String id, String name, double strength, Optional<PatchTraining> training) {}

  /**
   * One training of a method.
   *
   * @param method its name
   * @param settings all of them but the seed, as {@code name=value}, in the order of the names
   * @param seed of the training
   */
  public record PatchTraining(String method, List<String> settings, long seed) {
    /** Copies the list. */
    public PatchTraining {
      settings = List.copyOf(settings);
    }

    /** Of a recipe that the patch holds; empty where it took no steps. */
    public static Optional<PatchTraining> of(Manifest.Recipe recipe) {
      List<String> settings =
          recipe.parameters().entrySet().stream()
              .filter(setting -> !setting.getKey().equals("seed"))
              .map(setting -> setting.getKey() + "=" + setting.getValue())
              .sorted()
              .toList();
      return recipe.steps() == 0
          ? Optional.empty()
          : Optional.of(new PatchTraining(recipe.method(), settings, recipe.seed()));
    }
  }

  /**
   * The program.
   *
   * @param version of the program
   * @param numerics as in the keys of units
   */
  public record Tool(String version, String numerics) {}

  /**
   * How every image was drawn.
   *
   * @param sampler its name, without aliases
   * @param steps 1 or more
   * @param guidance the guidance scale
   * @param width pixels
   * @param height pixels
   * @param negative the negative prompt, "" for none
   */
  public record Drawing(
      String sampler, int steps, double guidance, int width, int height, String negative) {}

  /**
   * What was to be forgotten.
   *
   * @param name in the list
   * @param phrase as a prompt says it
   * @param labels what counts as recognised: the phrase, or the members of a broad concept
   */
  public record Target(String name, String phrase, List<String> labels) {
    /** Copies the list. */
    public Target {
      labels = List.copyOf(labels);
    }
  }

  /**
   * Who judged.
   *
   * @param judges those that score best first, as {@link
   *     dev.forgetmenot.api.evaluation.EvaluationAccess#judges}
   * @param absent judges that there might be, and why they are not there
   * @param calibration the concepts by whose images the judges were set, in the order of the
   *     vocabulary
   * @param agreement of the first two on calibration images that are no prototypes; empty where
   *     there is one judge
   */
  public record Judging(
      List<JudgeUsed> judges,
      List<AbsentJudge> absent,
      List<CalibratedConcept> calibration,
      Optional<CalibrationAgreement> agreement) {
    /** Copies the lists. */
    public Judging {
      judges = List.copyOf(judges);
      absent = List.copyOf(absent);
      calibration = List.copyOf(calibration);
    }

    /** How many of the concepts are weak for a judge. */
    public long weak() {
      return calibration.stream().filter(one -> !one.weak().isEmpty()).count();
    }
  }

  /**
   * A judge that there is not.
   *
   * @param id its letter
   * @param reason a sentence
   */
  public record AbsentJudge(String id, String reason) {}

  /**
   * A concept by whose images the judges were set.
   *
   * @param label a phrase of the vocabulary
   * @param right right answers of judges on held-out images, by their ids
   * @param weak the judges that are right too seldom, so that rates leave the concept out
   */
  public record CalibratedConcept(String label, Map<String, Count> right, List<String> weak) {
    /** Copies. */
    public CalibratedConcept {
      right = Collections.unmodifiableMap(new TreeMap<>(right));
      weak = List.copyOf(weak);
    }
  }

  /**
   * How far two judges agree.
   *
   * @param disagreeing images that they name differently, of all
   * @param kappa Cohen's κ
   */
  public record CalibrationAgreement(Count disagreeing, double kappa) {}

  /**
   * A judge.
   *
   * @param id {@code A}, {@code B} or {@code C}
   * @param label what it is, such as {@code CLIP ViT-B/32, texts}
   * @param digest of its weights and settings, 64 hexadecimal digits
   * @param vocabularySha256 the digest of the labels that it chooses from
   * @param vocabulary how many labels these are
   * @param tau the margin below which it abstains, a difference of cosines
   * @param accuracy its right answers on the original's images, which are not scored
   */
  public record JudgeUsed(
      String id,
      String label,
      String digest,
      String vocabularySha256,
      int vocabulary,
      double tau,
      Accuracy accuracy) {}

  /**
   * Right answers on images of the original model.
   *
   * @param target of the targets
   * @param similar of their near neighbours
   * @param all of all concepts that the judges were calibrated on
   */
  public record Accuracy(Count target, Count similar, Count all) {}

  /**
   * What one evaluator found.
   *
   * @param evaluator its name
   * @param summary one sentence
   * @param measurements in the order of the report
   * @param notTested what it left out, and why
   * @param unetEvaluations of batch size 1, beside the drawing of images
   */
  public record Part(
      String evaluator,
      String summary,
      List<Measurement> measurements,
      List<NotTested> notTested,
      long unetEvaluations) {
    /** Copies the lists. */
    public Part {
      measurements = List.copyOf(measurements);
      notTested = List.copyOf(notTested);
    }
  }

  /**
   * The images of a set.
   *
   * @param id as measurements name it
   * @param title for people
   * @param images in the order of its shots
   */
  public record DrawnSet(String id, String title, List<DrawnShot> images) {
    /** Copies the list. */
    public DrawnSet {
      images = List.copyOf(images);
    }
  }

  /**
   * One prompt at one seed, drawn by both models.
   *
   * @param shot what was asked for
   * @param original of the model without the patches
   * @param patched of the model with them; empty in a set of the original alone
   */
  public record DrawnShot(Shot shot, JudgedUnit original, Optional<JudgedUnit> patched) {}

  /**
   * One image.
   *
   * @param key of its unit, 64 hexadecimal digits
   * @param answers of the judges by their ids; may be empty where none was asked
   */
  public record JudgedUnit(String key, Map<String, JudgedImage> answers) {
    /** Copies the map, sorted. */
    public JudgedUnit {
      answers = Collections.unmodifiableMap(new TreeMap<>(answers));
    }
  }

  /** The judges, those that score best first. */
  public List<JudgeUsed> judges() {
    return judging.judges();
  }

  /** The measurements of all evaluators, in order. */
  public List<Measurement> measurements() {
    return parts.stream().flatMap(part -> part.measurements().stream()).toList();
  }

  /** What no evaluator tested, in order. */
  public List<NotTested> notTested() {
    return parts.stream().flatMap(part -> part.notTested().stream()).toList();
  }
}
