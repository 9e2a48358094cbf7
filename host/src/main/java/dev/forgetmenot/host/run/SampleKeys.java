package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.editing.PromptTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of a run file that are about its sample pictures. */
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
  private static final int DEFAULT_COUNT = 4;
  private static final int DEFAULT_STEPS = 20;
  private static final int MOST_STEPS = 1000;
  private static final double DEFAULT_GUIDANCE = 5;

  private SampleKeys() {}

  /**
   * Takes the keys.
   *
   * @param concepts what is drawn where no prompts are named
   * @param base the folder in which relative paths are
   * @throws IOException if the file that they name cannot be read
   */
  static SampleSettings read(YamlMap map, List<Concept> concepts, Path base) throws IOException {
    Optional<YamlValue> prompts = map.take(PROMPTS);
    List<SampleLine> lines = prompts.isEmpty() ? usual(concepts) : lines(prompts.get(), base);
    SampleSettings settings =
        new SampleSettings(
            lines,
            (int) (long) map.take(EVERY).map(value -> value.integer(0, MOST)).orElse(0L),
            map.take(COUNT).map(value -> (int) value.integer(1, 64)).orElse(DEFAULT_COUNT),
            map.take(SEED).map(value -> value.integer(0, Long.MAX_VALUE)).orElse(1L),
            map.take(STEPS).map(value -> (int) value.integer(1, MOST_STEPS)).orElse(DEFAULT_STEPS),
            map.take(GUIDANCE).map(value -> value.number(0, 100)).orElse(DEFAULT_GUIDANCE),
            map.take(SAMPLER).map(YamlValue::text));
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
      throw value.wrong("names " + file + ", which is no file");
    }
    for (String text : Files.readAllLines(file)) {
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
