package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads which images a list asks for beside those of its concepts: the grid, general prompts. */
record ImagesReader(ListSource source, Problems problems) {
  private static final int MOST_SEEDS = 100_000;
  private static final String GRID_PROMPT = "a photo of {thing} in the style of {style}";

  /** The grid, once the concepts are known. */
  Function<List<BenchConcept>, BenchGrid> grid(KeyReader keys) {
    var things = keys.required("things", "all, or names of concepts", this::allOrNames);
    var styles = keys.required("styles", "all, or names of styles", this::allOrNames);
    Mention prompt =
        keys.optional("prompt", KeyReader::mention).orElse(new Mention(GRID_PROMPT, keys.place()));
    int seeds = seeds(keys);
    return concepts ->
        new BenchGrid(
            things
                .flatMap(Function.identity())
                .orElseGet(() -> all(concepts, ConceptKind.IDENTITY, ConceptKind.OBJECT)),
            styles.flatMap(Function.identity()).orElseGet(() -> all(concepts, ConceptKind.STYLE)),
            prompt,
            seeds);
  }

  private static int seeds(KeyReader keys) {
    return keys.optional("seeds", one -> SettingsReader.whole(one, MOST_SEEDS)).orElse(1);
  }

  private Optional<List<Mention>> allOrNames(YamlValue value) {
    if (!value.isList() && value.text().equals("all")) {
      return Optional.empty();
    }
    return Optional.of(KeyReader.mentions(KeyReader.requireSome(value, "names"), problems));
  }

  private static List<Mention> all(List<BenchConcept> concepts, ConceptKind... kinds) {
    return concepts.stream()
        .filter(concept -> Arrays.asList(kinds).contains(concept.kind()))
        .map(concept -> new Mention(concept.name(), concept.place()))
        .toList();
  }

  GeneralPrompts general(KeyReader keys) {
    var prompts =
        keys.required("prompts", "a text file with a prompt a line, or a list", this::prompts);
    return new GeneralPrompts(prompts.orElse(List.of()), seeds(keys));
  }

  private List<Mention> prompts(YamlValue value) {
    if (value.isList()) {
      return KeyReader.mentions(KeyReader.requireSome(value, "prompts"), problems);
    }
    ListSource file = source.named(KeyReader.text(value));
    try {
      List<Mention> prompts = lines(file);
      if (prompts.isEmpty()) {
        throw value.wrong("names " + file.file() + ", which has no prompt: write one a line");
      }
      return prompts;
    } catch (IOException e) {
      throw value.wrong("names a file that cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<Mention> lines(ListSource file) throws IOException {
    List<Mention> prompts = new ArrayList<>();
    int number = 0;
    for (String line : file.text().lines().toList()) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        prompts.add(new Mention(line.strip(), new Place(file.file(), number, 1)));
      }
    }
    return prompts;
  }
}
