package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of a run file that are about its sample images. */
final class SampleKeys {
  static final String PROMPTS = "sample-prompts";
  static final String EVERY = "sample-every";
  static final String COUNT = "sample-count";
  static final String SEED = "sample-seed";
  static final String STEPS = "sample-steps";
  static final String GUIDANCE = "sample-guidance";
  static final String SAMPLER = "sample-sampler";

  /** All of them, in the order of a resolved file. */
  static final List<String> KEYS = List.of(PROMPTS, EVERY, COUNT, SEED, STEPS, GUIDANCE, SAMPLER);

  private static final int MOST = 1_000_000;
  private static final int MOST_IMAGES = 64;
  private static final int MOST_STEPS = 1000;
  private static final double MOST_GUIDANCE = 100;

  private SampleKeys() {}

  /** What is drawn where a run file says nothing. */
  static SampleSettings defaults(List<SampleLine> lines) {
    return new SampleSettings(lines, 0, 4, 1, 20, 5, Optional.empty());
  }

  /**
   * Takes the keys.
   *
   * @param base the folder in which relative paths are
   * @param otherwise what holds for keys that are not there
   * @throws IOException if the file that they name cannot be read
   */
  static SampleSettings read(YamlMap map, Path base, SampleSettings otherwise) throws IOException {
    Optional<YamlValue> prompts = map.take(PROMPTS);
    Optional<String> sampler = map.take(SAMPLER).map(YamlValue::text);
    SampleSettings settings =
        new SampleSettings(
            prompts.isEmpty() ? otherwise.lines() : lines(prompts.get(), base),
            map.take(EVERY).map(value -> (int) value.integer(0, MOST)).orElse(otherwise.every()),
            map.take(COUNT)
                .map(value -> (int) value.integer(1, MOST_IMAGES))
                .orElse(otherwise.count()),
            map.take(SEED).map(value -> value.integer(0, Long.MAX_VALUE)).orElse(otherwise.seed()),
            map.take(STEPS)
                .map(value -> (int) value.integer(1, MOST_STEPS))
                .orElse(otherwise.steps()),
            map.take(GUIDANCE)
                .map(value -> value.number(0, MOST_GUIDANCE))
                .orElse(otherwise.guidance()),
            sampler.or(otherwise::sampler));
    if (prompts.isPresent()) {
      try {
        settings.requests();
      } catch (IllegalArgumentException e) {
        throw prompts.get().wrong("cannot be drawn: " + e.getMessage(), e);
      }
    }
    return settings;
  }

  /** The plain prompt of each concept. */
  static List<SampleLine> usual(List<Concept> concepts) {
    return concepts.stream()
        .map(concept -> PromptTemplate.of(concept.kind()).with(concept.name()))
        .map(SampleLine::of)
        .toList();
  }

  private static List<SampleLine> lines(YamlValue value, Path base) throws IOException {
    List<SampleLine> lines = new ArrayList<>();
    if (value.isList()) {
      for (YamlValue one : value.list()) {
        lines.add(line(one, one.text()));
      }
      return lines;
    }
    if (!value.text().endsWith(".txt")) {
      return List.of(line(value, value.text()));
    }
    Path file = base.resolve(value.text());
    if (!Files.isRegularFile(file)) {
      throw value.wrong("names " + file + ", which is not a file");
    }
    for (String text : TextFile.lines(file)) {
      if (!text.isBlank() && !text.strip().startsWith("#")) {
        lines.add(line(value, text));
      }
    }
    return lines;
  }

  private static SampleLine line(YamlValue where, String text) {
    try {
      return SampleLine.of(text);
    } catch (IllegalArgumentException e) {
      throw where.wrong("cannot be read: " + e.getMessage(), e);
    }
  }
}
