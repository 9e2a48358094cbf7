package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.report.EvaluationReport.AbsentJudge;
import dev.forgetmenot.evaluation.report.EvaluationReport.Accuracy;
import dev.forgetmenot.evaluation.report.EvaluationReport.Base;
import dev.forgetmenot.evaluation.report.EvaluationReport.BenchSource;
import dev.forgetmenot.evaluation.report.EvaluationReport.CalibratedConcept;
import dev.forgetmenot.evaluation.report.EvaluationReport.CalibrationAgreement;
import dev.forgetmenot.evaluation.report.EvaluationReport.Drawing;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.evaluation.report.EvaluationReport.Judging;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.PatchTraining;
import dev.forgetmenot.evaluation.report.EvaluationReport.Target;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.evaluation.report.EvaluationReport.Tool;
import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A report with every kind of line: two targets, of which one has a hostile name, two judges, a
 * line that was reached, one that was not, one without a baseline, and some that were not tested.
 */
public final class SampleReport {
  static final String HOSTILE = "</script><img src=x onerror=\"alert('1')\">&";
  private static final List<String> OTHERS =
      List.of("a bear", "a clock", "a violin", "a rocket", "a lemon", "a whale", "a chair");

  private SampleReport() {}

  /** The report of the patch of that name. */
  public static EvaluationReport of(String patch) {
    return of(patch, 64, 62);
  }

  /**
   * A report.
   *
   * @param images of the name of each target
   * @param forgotten of how many of them the judges say something else with the patch
   */
  static EvaluationReport of(String patch, int images, int forgotten) {
    return of(patch, images, forgotten, Optional.empty());
  }

  /** The same of a patch that was trained. */
  static EvaluationReport of(
      String patch, int images, int forgotten, Optional<PatchTraining> training) {
    List<DrawnSet> sets = new ArrayList<>();
    List<Measurement> forgetting = new ArrayList<>();
    List<Measurement> became = new ArrayList<>();
    List<Target> targets =
        List.of(
            new Target("lighthouse", "a lighthouse", List.of("a lighthouse")),
            new Target(HOSTILE, HOSTILE, List.of(HOSTILE)));
    for (Target target : targets) {
      DrawnSet name =
          set(patch, "name/" + target.name(), target.phrase(), images, images, forgotten);
      DrawnSet variant = set(patch, "variant/" + target.name(), target.phrase(), 16, 5, 12);
      sets.add(name);
      sets.add(variant);
      for (String judge : List.of("B", "A")) {
        forgetting.add(unlearned(target, "name", judge, name, images, images, forgotten));
        forgetting.add(unlearned(target, "variant", judge, variant, 16, 5, 12));
      }
      Map<String, Double> shares = new LinkedHashMap<>();
      shares.put("a bear", 0.61);
      shares.put("a clock", 0.2);
      shares.put(HOSTILE, 0.1);
      shares.put("a violin", 0.05);
      became.add(
          Measurement.builder("labels", target.name())
              .judge("B")
              .in(Unit.NUMBER, Good.NONE)
              .original(Reading.of(0.02))
              .patched(Reading.of(0.41))
              .shares(shares)
              .explained("Normalised entropy of the labels; 0 if all are one.", "this project")
              .of(imageSet(name))
              .build());
    }
    forgetting.add(reached(targets.get(0), sets.get(0)));
    DrawnSet others = others(patch);
    sets.add(others);
    return new EvaluationReport(
        new BenchSource("sample", 2, digest("list"), "none"),
        new Base(digest("base"), "sample-64"),
        List.of(new TestedPatch(digest(patch), patch, 1, training)),
        new Tool("0.1.0", "cpu-f32-1"),
        digest("plan " + patch),
        new Drawing("ddim", 20, 5, 64, 64, ""),
        targets,
        judging(),
        List.of(
            new Part(
                "forgetting",
                "Whether the target still comes for its prompts.",
                forgetting,
                List.of(
                    new NotTested("UA", "lighthouse", "short", "The list has no such prompts."),
                    new NotTested("UA", "lighthouse", "long", "The list has no such prompts.")),
                0),
            new Part("neighbours", "What other things lost.", cost(others), List.of(), 0),
            new Part("general", "Images of ordinary prompts.", general(others), List.of(), 0),
            new Part("became", "What is drawn in its place.", became, List.of(), 0),
            new Part(
                "text-side",
                "What the weights do to texts.",
                List.of(
                    Measurement.builder("residual", "lighthouse")
                        .in(Unit.NUMBER, Good.LOW)
                        .patched(Reading.of(0.00042))
                        .explained("0 is exact, 1 nothing.", "this project")
                        .build()),
                List.of(),
                12)),
        sets,
        Optional.of(true),
        "fmn evaluate sample --patch " + patch);
  }

  /** The same report with one part alone. */
  public static EvaluationReport with(EvaluationReport report, Part part) {
    return new EvaluationReport(
        report.bench(),
        report.base(),
        report.patches(),
        report.tool(),
        report.plan(),
        report.drawing(),
        report.targets(),
        report.judging(),
        List.of(part),
        report.sets(),
        report.restored(),
        report.command());
  }

  private static Measurement unlearned(
      Target target, String rung, String judge, DrawnSet set, int n, int before, int after) {
    Count floor = new Count(1, 200);
    Count found = new Count(n - after, n);
    return Measurement.builder("UA", target.name())
        .part(rung)
        .judge(judge)
        .in(Unit.PERCENT, Good.HIGH)
        .original(reading(new Count(n - before, n)))
        .patched(reading(found.rest()))
        .question(
            new Question(
                reading(found),
                reading(new Count(before, n)),
                reading(floor),
                reading(new Count(78, 80)),
                ExactTest.fisherGreater(found, floor)))
        .explained(
            "Unlearning accuracy: the share of the target's own images that the judge does not call"
                + " the target. It is 1 for noise as well: read what they became.",
            "UnlearnCanvas (Zhang et al. 2024)")
        .of(imageSet(set))
        .build();
  }

  private static Measurement reached(Target target, DrawnSet set) {
    Count found = new Count(31, 64);
    return Measurement.builder("UA", target.name())
        .part("prefix")
        .judge("B")
        .in(Unit.PERCENT, Good.HIGH)
        .original(reading(new Count(2, 64)))
        .patched(reading(found.rest()))
        .question(
            new Question(
                reading(found),
                reading(new Count(62, 64)),
                reading(new Count(1, 200)),
                reading(new Count(78, 80)),
                ExactTest.fisherGreater(found, new Count(1, 200))))
        .explained("As above, for a name that other tokens spell.", "EMMA (2025)")
        .of(imageSet(set))
        .build();
  }

  private static List<Measurement> cost(DrawnSet others) {
    List<Measurement> lines = new ArrayList<>();
    for (String part : List.of("similar", "random", "all")) {
      lines.add(
          Measurement.builder("accuracy", "lighthouse")
              .part(part)
              .judge("B")
              .in(Unit.PERCENT, Good.UNCHANGED)
              .original(reading(new Count(198, 200)))
              .patched(reading(part.equals("all") ? right(others) : new Count(171, 200)))
              .p(ExactTest.mcNemar(30, 3))
              .explained("The share of their images that the judge names rightly.", "SPEED (2026)")
              .of(imageSet(others))
              .build());
    }
    return lines;
  }

  private static Count right(DrawnSet set) {
    return new Count(
        (int)
            set.images().stream()
                .filter(
                    drawn ->
                        drawn
                            .patched()
                            .orElseThrow()
                            .answers()
                            .get("B")
                            .is(List.of(drawn.shot().label())))
                .count(),
        set.images().size());
  }

  private static List<Measurement> general(DrawnSet others) {
    return List.of(
        Measurement.builder("CMMD", "")
            .in(Unit.NUMBER, Good.LOW)
            .patched(Reading.of(0.73))
            .explained("Distance of both models' images; blind to lost spread.", "CMMD (2024)")
            .of(imageSet(others))
            .build(),
        Measurement.builder("KID (CLIP)", "")
            .in(Unit.NUMBER, Good.LOW)
            .patched(Reading.of(Double.NaN))
            .explained("Undefined for one image.", "clean-fid")
            .build());
  }

  private static DrawnSet set(
      String patch, String id, String label, int n, int before, int forgotten) {
    return new DrawnSet(
        id,
        label + ", " + id.substring(0, id.indexOf('/')),
        IntStream.range(0, n)
            .mapToObj(
                i ->
                    shot(
                        patch,
                        "a photo of " + label,
                        1000 + i,
                        label,
                        i < before ? label : "a clock",
                        i < n - forgotten ? label : OTHERS.get(i % 3)))
            .toList());
  }

  private static DrawnSet others(String patch) {
    List<DrawnShot> shots = new ArrayList<>();
    for (int i = 0; i < 28; i++) {
      String label = OTHERS.get(i / 4);
      shots.add(
          shot(
              patch, "a photo of " + label, 2000 + i % 4, label, label, i == 5 ? "a bear" : label));
    }
    return new DrawnSet("others", "Other things", shots);
  }

  private static DrawnShot shot(
      String patch, String prompt, long seed, String label, String before, String after) {
    return new DrawnShot(
        new Shot(prompt, seed, label, ConceptType.OBJECT),
        unit(prompt + seed, label, before, before),
        Optional.of(unit(patch + prompt + seed, label, after, seed % 16 == 3 ? "a whale" : after)));
  }

  private static JudgedUnit unit(String key, String label, String b, String a) {
    int hash = key.hashCode() & 0xff;
    return new JudgedUnit(
        digest(key),
        Map.of(
            "B", new JudgedImage(b, hash / 1024.0, hash < 8 && !b.equals(label)),
            "A", new JudgedImage(a, hash / 2048.0, false)));
  }

  private static Judging judging() {
    return new Judging(
        List.of(judge("B", "prototypes"), judge("A", "texts")),
        List.of(new AbsentJudge("C", "the list names no extraClip")),
        List.of(
            new CalibratedConcept(
                "a lighthouse", Map.of("A", new Count(8, 8), "B", new Count(8, 8)), List.of()),
            new CalibratedConcept(
                HOSTILE, Map.of("A", new Count(5, 8), "B", new Count(8, 8)), List.of("A"))),
        Optional.of(new CalibrationAgreement(new Count(3, 16), 0.7)));
  }

  private static JudgeUsed judge(String id, String what) {
    return new JudgeUsed(
        id,
        "CLIP of the sample, " + what,
        digest("clip"),
        digest("words"),
        131,
        0.0123,
        new Accuracy(new Count(78, 80), new Count(75, 80), new Count(1011, 1048)));
  }

  static ImageSet imageSet(DrawnSet set) {
    return new ImageSet(
        set.id(), set.title(), set.images().stream().map(DrawnShot::shot).toList(), false);
  }

  public static Reading reading(Count count) {
    Interval interval = count.wilson();
    return new Reading(count.rate(), count.k(), count.n(), interval.low(), interval.high());
  }

  public static String digest(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A disc on a plain ground, with colours and place by the key. */
  public static RgbImage image(String key) {
    int size = 64;
    byte[] rgb = new byte[size * size * 3];
    int code = Integer.parseUnsignedInt(key.substring(0, 7), 16);
    int x0 = 16 + code % 32;
    int y0 = 16 + code / 32 % 32;
    for (int i = 0; i < size * size; i++) {
      int dx = i % size - x0;
      int dy = i / size - y0;
      boolean inside = dx * dx + dy * dy < 220;
      rgb[3 * i] = (byte) (inside ? code >> 8 : 230);
      rgb[3 * i + 1] = (byte) (inside ? code >> 12 : 226);
      rgb[3 * i + 2] = (byte) (inside ? code >> 16 : 215);
    }
    return new RgbImage(size, size, rgb);
  }
}
