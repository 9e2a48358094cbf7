package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.kit.yaml.YamlFile;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads lists with what they include, and says all mistakes at once. Used once. */
final class BenchReader {
  private static final YamlFile FILE = new YamlFile("list of concepts", ListSource.MOST_BYTES);
  private static final int MOST_VERSION = 1_000_000;

  /** What a list or one that it includes must say. */
  private static final Map<String, String> NEEDED =
      Map.of(
          "model", "how images are drawn",
          "judge", "what recognises images",
          "seeds", "which seeds are used",
          "concepts", "what is asked for",
          "general", "prompts of ordinary use",
          "attacks", "{preset: none} for none");

  private final Problems problems = new Problems();
  private final Set<Path> read = new HashSet<>();
  private final Set<String> said = new HashSet<>();

  /** What a file says; what it leaves out comes from the lists that it includes. */
  private static final class Parts {
    String name = "";
    int version;
    Optional<BenchModel> model = Optional.empty();
    Optional<BenchJudge> judge = Optional.empty();
    Optional<BenchSeeds> seeds = Optional.empty();
    final List<BenchConcept> concepts = new ArrayList<>();
    final List<NeverKnown> never = new ArrayList<>();
    Optional<Function<List<BenchConcept>, BenchGrid>> grid = Optional.empty();
    Optional<GeneralPrompts> general = Optional.empty();
    Optional<PromptTable> csv = Optional.empty();
    Optional<AttackChoice> attacks = Optional.empty();

    /** Takes what this does not say yet. */
    void addBehind(Parts other) {
      model = model.or(() -> other.model);
      judge = judge.or(() -> other.judge);
      seeds = seeds.or(() -> other.seeds);
      concepts.addAll(other.concepts);
      never.addAll(other.never);
      grid = grid.or(() -> other.grid);
      general = general.or(() -> other.general);
      csv = csv.or(() -> other.csv);
      attacks = attacks.or(() -> other.attacks);
    }
  }

  Bench read(ListSource source) throws IOException {
    Parts parts = parts(source);
    Place start = new Place(source.file(), 1, 1);
    NEEDED.forEach((key, what) -> requireSaid(start, key, what));
    Optional<BenchGrid> grid = parts.grid.map(made -> made.apply(parts.concepts));
    BenchChecks checks = new BenchChecks(problems, parts.concepts);
    checks.concepts(grid.isPresent());
    grid.ifPresent(checks::grid);
    checks.never(parts.never);
    parts.general.ifPresent(checks::general);
    parts.seeds.ifPresent(seeds -> checks.seeds(seeds, parts.judge));
    if (!problems.sorted().isEmpty()) {
      throw new BenchException(problems.sorted());
    }
    return new Bench(
        parts.name,
        parts.version,
        source.sha256(),
        parts.model.orElseThrow(),
        parts.judge.orElseThrow(),
        parts.seeds.orElseThrow(),
        parts.concepts,
        parts.never,
        grid,
        parts.general.orElseThrow(),
        parts.csv,
        parts.attacks.orElseThrow());
  }

  private void requireSaid(Place start, String key, String what) {
    if (!said.contains(key)) {
      problems.add(
          start, "the key " + key + " is missing: " + what + "; or include a list that says it");
    }
  }

  private Parts parts(ListSource source) throws IOException {
    Parts parts = new Parts();
    read.add(source.file().toAbsolutePath().normalize());
    String text = source.text();
    Optional<YamlMap> map = problems.attempt(() -> FILE.parse(source.file(), text));
    if (map.isEmpty()) {
      throw new BenchException(problems.sorted());
    }
    KeyReader.read(map.get(), problems, keys -> parts(source, keys, parts));
    return parts;
  }

  private Parts parts(ListSource source, KeyReader keys, Parts parts) {
    parts.name = keys.required("bench", "the name of the list", KeyReader::text).orElse("");
    parts.version =
        keys.required("version", "1, raised with each change", BenchReader::version).orElse(1);
    keys.optional("include", value -> include(source, value, parts));
    SettingsReader settings = new SettingsReader(source, problems);
    ImagesReader images = new ImagesReader(source, problems);
    parts.model = section(keys, "model", settings::model).or(() -> parts.model);
    parts.judge = section(keys, "judge", settings::judge).or(() -> parts.judge);
    parts.seeds = section(keys, "seeds", settings::seeds).or(() -> parts.seeds);
    parts.grid = section(keys, "grid", images::grid).or(() -> parts.grid);
    parts.general = section(keys, "general", images::general).or(() -> parts.general);
    parts.csv = section(keys, "csv", settings::csv).or(() -> parts.csv);
    parts.attacks = section(keys, "attacks", settings::attacks).or(() -> parts.attacks);
    ConceptReader concepts = new ConceptReader(source, problems);
    parts.concepts.addAll(each(keys, "concepts", concepts::concept));
    parts.never.addAll(each(keys, "never", concepts::never));
    return parts;
  }

  private static int version(YamlValue value) {
    return SettingsReader.whole(value, MOST_VERSION);
  }

  private <T> Optional<T> section(KeyReader keys, String key, Function<KeyReader, T> reader) {
    return keys.optional(
            key,
            value -> {
              said.add(key);
              return value.map();
            })
        .map(map -> KeyReader.read(map, problems, reader));
  }

  private <T> List<T> each(KeyReader keys, String key, Function<YamlValue, Optional<T>> reader) {
    return keys
        .optional(
            key,
            value -> {
              said.add(key);
              return value.list();
            })
        .orElse(List.of())
        .stream()
        .flatMap(value -> reader.apply(value).stream())
        .toList();
  }

  private boolean include(ListSource source, YamlValue value, Parts into) {
    for (YamlValue name : value.isList() ? value.list() : List.of(value)) {
      ListSource other = source.named(KeyReader.text(name));
      try {
        if (read.contains(other.file().toAbsolutePath().normalize())) {
          throw name.wrong("names " + other.file() + ", which is read already: take it out here");
        }
        into.addBehind(parts(other));
      } catch (IOException e) {
        said.addAll(NEEDED.keySet()); // by that list, it may be
        throw name.wrong("names a list that cannot be read: " + e.getMessage(), e);
      }
    }
    return true;
  }
}
