package dev.forgetmenot.evaluation.statement;

import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.evaluation.report.Family;
import dev.forgetmenot.evaluation.report.ReportReader;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.patch.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A report, and what can be stated by it. All rows with a verdict take part, those of attacks as
 * those of prompts; verdicts follow from the counts and are not read.
 *
 * @param report what was found
 * @param sha256 of its file
 */
public record AttestedReport(EvaluationReport report, String sha256) {
  /** The measure of a concept's own prompts; names of rows leave it out. */
  private static final String OWN_PROMPTS = "UA";

  /**
   * Reads a report.
   *
   * @param file {@code report.json}, or the folder of a report
   * @throws IOException if it is none
   */
  public static AttestedReport read(Path file) throws IOException {
    Path json = Files.isDirectory(file) ? file.resolve(ReportWriter.JSON) : file;
    return new AttestedReport(ReportReader.read(json), Sha256.hex(json));
  }

  /** The one patch that the report is of; empty if it is of several or none. */
  public Optional<TestedPatch> patch() {
    return report.patches().size() == 1 ? Optional.of(report.patches().get(0)) : Optional.empty();
  }

  /**
   * What the report says of its one patch. The subject is the patch's manifest: the file itself
   * changes when a signature is added.
   *
   * @param file the name of the patch's file, for people
   * @throws IllegalArgumentException if it is of several patches or none, or says nothing
   */
  public Statement ofPatch(String file) {
    TestedPatch patch =
        patch()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        Message.of(
                            "the report is of %d patches: evaluate one alone by --patch, or several"
                                + " by --stack and name that .fmnstack here too",
                            report.patches().size())));
    Map<String, Object> annotations = new LinkedHashMap<>();
    annotations.put("patch", file);
    annotations.put("strength", number(patch.strength()));
    return result(List.of())
        .of(
            ResourceDescriptor.of(
                "manifest.json", ResourceDescriptor.SHA256, patch.id(), annotations));
  }

  /**
   * What the report says of a stack: it is the only subject, else a reader of one of its patches
   * would take the result for that patch's own.
   *
   * @param file the recipe
   * @throws IllegalArgumentException if the report is of other patches or strengths
   * @throws IOException if it is no recipe
   */
  public Statement ofStack(Path file) throws IOException {
    Map<String, Double> stacked = new LinkedHashMap<>();
    StackFile.read(file).patches().forEach(one -> stacked.put(one.id(), one.strength()));
    Map<String, Double> tested = new LinkedHashMap<>();
    report.patches().forEach(one -> tested.put(one.id(), one.strength()));
    if (!stacked.equals(tested)) {
      throw new IllegalArgumentException(
          Message.of(
              "%s has the patches and strengths %s, and the report is of %s: name the stack that"
                  + " was evaluated",
              file, stacked, tested));
    }
    List<ResourceDescriptor> patches =
        report.patches().stream()
            .map(
                one -> {
                  Map<String, Object> annotations = new LinkedHashMap<>();
                  annotations.put("patch", one.name());
                  annotations.put("strength", number(one.strength()));
                  return ResourceDescriptor.of(
                      "patch", ResourceDescriptor.SHA256, one.id(), annotations);
                })
            .toList();
    return result(patches)
        .of(
            ResourceDescriptor.of(
                String.valueOf(file.getFileName()),
                ResourceDescriptor.SHA256,
                Sha256.hex(file),
                Map.of()));
  }

  /** 1 and not 1.0, as the specification's own examples have it. */
  private static Object number(double value) {
    Object whole = (long) value; // no conditional expression: it would make both a double
    return value == Math.rint(value) ? whole : Double.valueOf(value);
  }

  private TestResult result(List<ResourceDescriptor> patches) {
    Family family = Family.of(report);
    List<String> names = family.tests().stream().map(test -> name(test.of())).toList();
    List<String> passed = new ArrayList<>();
    List<String> warned = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Family.Test test = family.tests().get(i);
      boolean once = Collections.frequency(names, names.get(i)) == 1;
      String name = once ? names.get(i) : names.get(i) + ", judge " + test.of().judge();
      switch (test.verdict()) {
        case NOT_REACHED -> passed.add(name);
        case REACHED -> failed.add(name);
        case NO_BASELINE, NOT_TESTED -> warned.add(name + ": " + test.verdict());
      }
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "the report asks of no concept whether it still comes, so there is nothing to state: "
              + "evaluate with --evaluator forgetting, on a list that has neighbours");
    }
    report.notTested().stream()
        .filter(line -> !line.concept().isEmpty())
        .forEach(line -> warned.add(name(line) + ": NOT TESTED"));
    return new TestResult(
        TestResult.outcome(warned, failed),
        configuration(patches),
        passed,
        warned,
        failed,
        Optional.of(sha256));
  }

  private static String name(Measurement line) {
    return name(line.measure(), line.part(), line.concept());
  }

  private static String name(NotTested line) {
    return name(line.measure(), line.part(), line.concept());
  }

  private static String name(String measure, String part, String concept) {
    String images = part.isEmpty() ? measure : part;
    boolean own = measure.equals(OWN_PROMPTS) || part.isEmpty();
    return (own ? images : measure + " " + images) + "/" + concept;
  }

  /** Digests are named by what they are of: those of the model and of judges are this program's. */
  private List<ResourceDescriptor> configuration(List<ResourceDescriptor> patches) {
    List<ResourceDescriptor> all = new ArrayList<>();
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("list", report.bench().name() + " " + report.bench().version());
    list.put("attacks", report.bench().preset());
    all.add(
        ResourceDescriptor.of(
            "bench.yaml", ResourceDescriptor.SHA256, report.bench().sha256(), list));
    all.add(
        ResourceDescriptor.of(
            "base", "fmn_model_v1", report.base().root(), Map.of("label", report.base().label())));
    for (JudgeUsed judge : report.judges()) {
      Map<String, Object> about = new LinkedHashMap<>();
      about.put("label", judge.label());
      about.put("vocabulary", judge.vocabularySha256());
      about.put("tau", judge.tau());
      all.add(ResourceDescriptor.of("judge-" + judge.id(), "fmn_judge_v1", judge.digest(), about));
    }
    all.add(
        ResourceDescriptor.of("plan.jsonl", ResourceDescriptor.SHA256, report.plan(), Map.of()));
    all.add(
        new ResourceDescriptor(
            "tool",
            Optional.of("pkg:maven/dev.forgetmenot/fmn-host@" + report.tool().version()),
            Map.of(),
            Map.of("numerics", report.tool().numerics())));
    all.addAll(patches);
    return all;
  }
}
