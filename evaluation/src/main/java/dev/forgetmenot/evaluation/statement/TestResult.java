package dev.forgetmenot.evaluation.statement;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.Statement;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The predicate test-result v0.1 of in-toto: which rows of a report were reached and which not.
 *
 * @param outcome of all rows together
 * @param configuration what the result depends on: the list, the base, judges, the program
 * @param passed rows that were NOT REACHED
 * @param warned rows that were NOT TESTED or had NO BASELINE, with that word
 * @param failed rows that were REACHED
 * @param report the SHA-256 of the report, where the statement says it
 */
public record TestResult(
    Outcome outcome,
    List<ResourceDescriptor> configuration,
    List<String> passed,
    List<String> warned,
    List<String> failed,
    Optional<String> report) {
  /** The type of the predicate. */
  public static final String TYPE = "https://in-toto.io/attestation/test-result/v0.1";

  /** Our own member; others ignore it. */
  private static final String REPORT = "forgetmenot_report";

  private static final String CONFIGURATION = "configuration";

  /** All rows in a word, best first. It says of the rows that are listed, and no more. */
  public enum Outcome {
    /** No row was reached, and all could be tested. */
    PASSED,
    /** No row was reached; some were not tested, or could show nothing. */
    WARNED,
    /** At least one row was reached. */
    FAILED
  }

  /** Copies the lists. */
  public TestResult {
    configuration = List.copyOf(configuration);
    passed = List.copyOf(passed);
    warned = List.copyOf(warned);
    failed = List.copyOf(failed);
  }

  /** What is said of subjects. */
  public Statement of(ResourceDescriptor subject) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("result", outcome.name());
    members.put(CONFIGURATION, configuration.stream().map(ResourceDescriptor::members).toList());
    members.put("passedTests", passed);
    members.put("warnedTests", warned);
    members.put("failedTests", failed);
    report.ifPresent(
        digest ->
            members.put(
                REPORT,
                ResourceDescriptor.of("report.json", ResourceDescriptor.SHA256, digest, Map.of())
                    .members()));
    return new Statement(List.of(subject), TYPE, members);
  }

  /**
   * Reads what a statement says.
   *
   * @param where begins messages
   * @throws PatchFormatException FMN-206 if it is no result of tests, 209 if its word is better
   *     than its rows
   */
  public static TestResult read(String where, Statement statement) throws PatchFormatException {
    Map<String, Object> type = Map.of("predicateType", statement.predicateType());
    new JsonObjectReader(where, type, true).oneOf("predicateType", List.of(TYPE));
    JsonObjectReader members =
        new JsonObjectReader(where + ".predicate", statement.predicate(), true);
    TestResult read =
        new TestResult(
            Outcome.valueOf(
                members.oneOf("result", Arrays.stream(Outcome.values()).map(Enum::name).toList())),
            members.objects(CONFIGURATION, ResourceDescriptor::read),
            tests(members, "passedTests"),
            tests(members, "warnedTests"),
            tests(members, "failedTests"),
            members
                .find(REPORT, ResourceDescriptor::read)
                .map(file -> file.digest().get(ResourceDescriptor.SHA256)));
    if (read.outcome.compareTo(outcome(read.warned, read.failed)) < 0) {
      throw new PatchFormatException(
          PatchError.INCONSISTENT,
          where,
          Message.of(
              "says %s and lists %d failed and %d warned tests",
              read.outcome, read.failed.size(), read.warned.size()));
    }
    return read;
  }

  /** The word for rows. */
  static Outcome outcome(List<String> warned, List<String> failed) {
    if (!failed.isEmpty()) {
      return Outcome.FAILED;
    }
    return warned.isEmpty() ? Outcome.PASSED : Outcome.WARNED;
  }

  private static List<String> tests(JsonObjectReader members, String name)
      throws PatchFormatException {
    return members.has(name) ? members.texts(name) : List.of();
  }

  /** Something of the configuration, by its name. */
  public Optional<ResourceDescriptor> configured(String name) {
    return configuration.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /** What the result depends on, for people: the annotation of a part of the configuration. */
  List<String> labels() {
    List<String> labels = new ArrayList<>();
    configured("base")
        .flatMap(base -> Optional.ofNullable(base.annotations().get("label")))
        .ifPresent(label -> labels.add("on " + label));
    configured("bench.yaml")
        .flatMap(list -> Optional.ofNullable(list.annotations().get("list")))
        .ifPresent(list -> labels.add("list " + list));
    return labels;
  }
}
