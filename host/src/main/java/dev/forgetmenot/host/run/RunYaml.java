package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.edit.ConceptNames;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Our own form: {@code operation}, {@code method}, {@code concepts}, one key for each parameter
 * that the method declares, and what is to be left where.
 *
 * @param reader what is installed
 */
record RunYaml(RunFileReader reader) {
  private static final String OPERATION = "operation";
  private static final String METHOD = "method";
  private static final String MODEL = "model";
  private static final String CONCEPTS = "concepts";
  static final String ANY_NAME = "any-name";
  private static final String OUTPUT = "output";
  private static final String PATCH = "patch";
  private static final String REPORT = "report";
  private static final String SEED = "seed";
  private static final Pattern NUMBER = Pattern.compile("-?\\d+");
  private static final int MOST_IMAGES = 4096;
  private static final String DEFAULT_OPERATION = "forget";

  /** Keys of every run file, in the order of a resolved one. */
  static final List<String> KEYS =
      List.of(OPERATION, METHOD, MODEL, CONCEPTS, ANY_NAME, OUTPUT, PATCH, REPORT, SEED);

  RunPlan read(YamlMap map) throws IOException {
    EditorValues values = new EditorValues(method(map), reader.base());
    ModelChoice.Chosen model = reader.models().strictly(map.take(MODEL));
    boolean anyName = map.take(ANY_NAME).map(YamlValue::flag).orElse(false);
    List<Concept> concepts = concepts(map, names(values.method(), model.folder(), anyName));
    List<String> notes = new ArrayList<>();
    Path output =
        map.take(OUTPUT)
            .map(value -> reader.base().resolve(value.text()))
            .orElseGet(() -> reader.base().resolve(usualOutput(map)));
    Optional<String> patch = patch(map, values.method(), concepts);
    ReportSize report = map.take(REPORT).map(RunYaml::report).orElse(ReportSize.USUAL);
    SampleSettings samples =
        SampleKeys.read(
            map,
            reader.base(),
            SampleKeys.defaults(SampleKeys.usual(sampled(values.method(), concepts))));
    values.takeFrom(map);
    Settings settings = values.values();
    notes.addAll(settings.notes());
    if (map.take(SEED).isPresent()) {
      notes.add("seed says nothing to " + values.method().name() + ", which uses no chance");
    }
    if (values.method() instanceof RunMethod.Invert) {
      requireOneWithImages(map, concepts, values);
    }
    List<String> known = new ArrayList<>(KEYS);
    known.addAll(SampleKeys.KEYS);
    known.addAll(values.names());
    map.requireNothingElse(known);
    return new RunPlan(
        map.file(),
        values.method(),
        model,
        concepts,
        anyName,
        settings,
        output,
        patch,
        samples,
        report,
        false,
        notes);
  }

  /** An inversion knows its tokens only when it is done. */
  private static List<Concept> sampled(RunMethod method, List<Concept> concepts) {
    return method instanceof RunMethod.Invert ? List.of() : concepts;
  }

  private RunMethod method(YamlMap map) {
    String operation =
        map.take(OPERATION)
            .map(value -> oneOf(value, reader.operations()))
            .orElse(DEFAULT_OPERATION);
    List<RunMethod> methods = reader.methods(operation);
    if (methods.isEmpty()) {
      throw new YamlException(
          map.file(),
          map.line(),
          "no installed plugin can " + operation + "; 'fmn plugins' lists what is installed");
    }
    List<String> names = methods.stream().map(RunMethod::name).toList();
    String name = map.take(METHOD).map(value -> named(value, methods, names)).orElse(names.get(0));
    return methods.get(names.indexOf(name));
  }

  /** The method's name of today; a former one chooses it too. */
  private static String named(YamlValue value, List<RunMethod> methods, List<String> names) {
    return methods.stream()
        .filter(method -> method.formerNames().contains(value.text()))
        .map(RunMethod::name)
        .findFirst()
        .orElseGet(() -> oneOf(value, names));
  }

  private static void requireOneWithImages(
      YamlMap map, List<Concept> concepts, EditorValues values) {
    if (concepts.size() > 1) {
      throw new YamlException(map.file(), map.line(), "an inversion has one concept");
    }
    if (!values.has(RunMethod.Invert.IMAGES)) {
      throw new YamlException(
          map.file(), map.line(), "the key image-dir is missing: the folder with the images");
    }
  }

  /** A switch, or the number of images. */
  private static ReportSize report(YamlValue value) {
    if (NUMBER.matcher(value.text()).matches()) {
      return ReportSize.of((int) value.integer(1, MOST_IMAGES));
    }
    return value.flag() ? ReportSize.USUAL : ReportSize.NONE;
  }

  private static String oneOf(YamlValue value, List<String> allowed) {
    if (!allowed.contains(value.text())) {
      throw value.wrong("must be one of " + allowed + ", not '" + value.text() + "'");
    }
    return value.text();
  }

  private static Path usualOutput(YamlMap map) {
    String name = String.valueOf(map.file().getFileName());
    int dot = name.lastIndexOf('.');
    return Path.of("runs").resolve(dot > 0 ? name.substring(0, dot) : name + ".run");
  }

  private static Optional<String> patch(YamlMap map, RunMethod method, List<Concept> concepts) {
    Optional<String> named =
        map.take(PATCH)
            .map(
                value -> {
                  Path name = Path.of(value.text());
                  if (name.getNameCount() != 1 || name.isAbsolute() || name.startsWith("..")) {
                    throw value.wrong("is a file name in the output folder, not " + value.text());
                  }
                  return name.toString();
                });
    return named.isPresent() || method instanceof RunMethod.Invert
        ? named
        : Optional.of(PatchName.fileName(method.operation(), concepts));
  }

  /** What questions names; an inversion finds what no vocabulary lists yet. */
  private ConceptNames names(RunMethod method, Path model, boolean any) throws IOException {
    EvaluationSetup judging = EvaluationSetup.of(model, Optional.empty(), reader.vocabulary());
    return method instanceof RunMethod.Edit edit
        ? new ConceptNames(judging.vocabulary(), judging.complete(), edit.editor().operation(), any)
        : new ConceptNames(judging.vocabulary(), judging.complete(), Operation.FORGET, true);
  }

  private static List<Concept> concepts(YamlMap map, ConceptNames names) {
    YamlValue all = map.require(CONCEPTS, "such as concepts: [{name: a lighthouse, kind: object}]");
    List<Concept> concepts = new ArrayList<>();
    for (YamlValue one : all.list()) {
      concepts.add(concept(one, names));
    }
    if (concepts.isEmpty()) {
      throw all.wrong("names nothing");
    }
    return names.distinct(concepts);
  }

  private static Concept concept(YamlValue value, ConceptNames names) {
    if (value.isList()) {
      List<YamlValue> pair = value.list();
      if (pair.size() != 2) {
        throw value.wrong("are pairs like [a lighthouse, object]");
      }
      return concept(pair.get(0), Optional.of(kind(pair.get(1))), names);
    }
    if (value.isMap()) {
      YamlMap map = value.map();
      YamlValue name = map.require("name", "what is changed, in words of a prompt");
      Optional<ConceptType> kind = map.take("kind").map(RunYaml::kind);
      map.requireNothingElse(List.of("name", "kind"));
      return concept(name, kind, names);
    }
    return concept(value, Optional.empty(), names);
  }

  private static Concept concept(YamlValue name, Optional<ConceptType> kind, ConceptNames names) {
    if (name.text().isBlank()) {
      throw name.wrong("should not be blank");
    }
    try {
      return names.of(name.text(), kind);
    } catch (IllegalArgumentException e) {
      throw new YamlException(name.file(), name.line(), e.getMessage(), e);
    }
  }

  static ConceptType kind(YamlValue value) {
    try {
      return ConceptType.of(value.text());
    } catch (IllegalArgumentException e) {
      throw value.wrong("must be one of [identity, object, style], not '" + value.text() + "'", e);
    }
  }
}
