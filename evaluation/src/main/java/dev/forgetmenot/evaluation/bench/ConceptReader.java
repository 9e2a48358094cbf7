package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads the concepts of a list. */
record ConceptReader(ListSource source, Problems problems) {
  private static final int RANDOM = 8;
  private static final int MOST_RANDOM = 10_000;
  private static final String PROMPTS = "a list of prompts";

  /** A concept; empty if what it is cannot be said. */
  Optional<BenchConcept> concept(YamlValue value) {
    return problems
        .attempt(value::map)
        .flatMap(map -> KeyReader.read(map, problems, keys -> concept(value, keys)));
  }

  private Optional<BenchConcept> concept(YamlValue value, KeyReader keys) {
    Optional<String> name =
        keys.required("name", "the name of the concept, like \"tower\"", KeyReader::text);
    Optional<ConceptKind> kind =
        keys.required(
            "kind", "identity, object, style or broad", one -> kind(one, ConceptKind.values()));
    Optional<String> phrase =
        keys.required("phrase", "how a prompt says it, like \"a tower\"", KeyReader::text);
    List<Mention> members = keys.mentions("members");
    String category = keys.optional("category", KeyReader::text).orElse("");
    List<String> aliases = texts(keys.mentions("aliases"));
    List<String> generalWords = texts(keys.mentions("generalWords"));
    List<BenchPrompt> prompts =
        keys.required(
                "prompts", "keys like name, short and long, each with " + PROMPTS, YamlValue::map)
            .map(map -> KeyReader.read(map, problems, this::prompts))
            .orElse(List.of());
    List<Mention> similar =
        keys.someMentions("similar", "the nearest neighbours: names of concepts, or phrases");
    int random = keys.optional("random", one -> (int) one.integer(0, MOST_RANDOM)).orElse(RANDOM);
    Optional<Mention> guide = keys.optional("guide", KeyReader::mention);
    var images = keys.optional("images", source::existing);
    return name.flatMap(
        said ->
            kind.map(
                sort ->
                    new BenchConcept(
                        said,
                        sort,
                        phrase.orElse(said),
                        members,
                        category,
                        aliases,
                        generalWords,
                        prompts,
                        similar,
                        random,
                        guide,
                        images,
                        Problems.place(value))));
  }

  private static ConceptKind kind(YamlValue value, ConceptKind... kinds) {
    return KeyReader.choice(value, Arrays.asList(kinds), ConceptKind::word);
  }

  private static List<String> texts(List<Mention> mentions) {
    return mentions.stream().map(Mention::text).toList();
  }

  private List<BenchPrompt> prompts(KeyReader keys) {
    List<BenchPrompt> prompts = new ArrayList<>();
    add(Rung.NAME, "", keys.someMentions(Rung.NAME.word(), PROMPTS), prompts);
    for (Rung rung : List.of(Rung.PREFIX, Rung.VARIANT, Rung.SHORT, Rung.LONG)) {
      add(rung, "", keys.mentions(rung.word()), prompts);
    }
    keys.optional(Rung.LANGUAGES.word(), YamlValue::map)
        .ifPresent(languages -> languages(languages, prompts));
    return prompts;
  }

  private void languages(YamlMap map, List<BenchPrompt> into) {
    for (YamlValue value : map.takeRest()) {
      problems
          .attempt(() -> KeyReader.mentions(KeyReader.requireSome(value, PROMPTS), problems))
          .ifPresent(found -> add(Rung.LANGUAGES, value.key(), found, into));
    }
  }

  private static void add(Rung rung, String language, List<Mention> texts, List<BenchPrompt> into) {
    texts.forEach(text -> into.add(new BenchPrompt(rung, language, text)));
  }

  /** A concept that the model never knew; empty if a key is wrong. */
  Optional<NeverKnown> never(YamlValue value) {
    return problems
        .attempt(value::map)
        .flatMap(map -> KeyReader.read(map, problems, keys -> never(value, keys)));
  }

  private Optional<NeverKnown> never(YamlValue value, KeyReader keys) {
    var name = keys.required("name", "the name of the concept", KeyReader::text);
    var phrase = keys.required("phrase", "how a prompt says it", KeyReader::text);
    var kind =
        keys.required(
            "kind",
            "identity, object or style",
            one -> kind(one, ConceptKind.IDENTITY, ConceptKind.OBJECT, ConceptKind.STYLE));
    var images = keys.required("images", "a folder with images of it", source::existing);
    if (name.isEmpty() || phrase.isEmpty() || kind.isEmpty() || images.isEmpty()) {
      return Optional.empty();
    }
    Place place = Problems.place(value);
    return Optional.of(new NeverKnown(name.get(), phrase.get(), kind.get(), images.get(), place));
  }
}
