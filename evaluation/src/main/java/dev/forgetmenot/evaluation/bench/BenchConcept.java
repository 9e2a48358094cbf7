package dev.forgetmenot.evaluation.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A concept that a list asks for.
 *
 * @param name unique within the list
 * @param phrase as a prompt says it, with an article where one is said
 * @param members the phrases of a broad concept's members; empty for all other kinds
 * @param category a finer sort, such as {@code animal}; may be empty
 * @param aliases other names of the very same
 * @param generalWords words for more than the concept, which draw it none the less
 * @param prompts the ladder; at least one on the rung {@link Rung#NAME}
 * @param similar near neighbours, which should stay: names of concepts or phrases
 * @param random how many further neighbours are drawn from the rest of the list, or all of a
 *     shorter rest
 * @param guide what a method may put in its place: the name of a concept or a phrase
 * @param images a folder with images of it, not drawn by the model
 * @param place where it stands
 */
public record BenchConcept(
    String name,
    ConceptKind kind,
    String phrase,
    List<Mention> members,
    String category,
    List<String> aliases,
    List<String> generalWords,
    List<BenchPrompt> prompts,
    List<Mention> similar,
    int random,
    Optional<Mention> guide,
    Optional<Path> images,
    Place place) {
  /** A name that is glued to the end of a word. */
  static final Pattern GLUED = Pattern.compile("(?<=[\\p{L}\\p{N}])\\{\\}");

  /** Copies the lists. */
  public BenchConcept {
    members = List.copyOf(members);
    aliases = List.copyOf(aliases);
    generalWords = List.copyOf(generalWords);
    prompts = List.copyOf(prompts);
    similar = List.copyOf(similar);
  }

  /** The prompts of a rung; empty where the list has none, so that it cannot be tested. */
  public List<BenchPrompt> prompts(Rung rung) {
    return prompts.stream().filter(prompt -> prompt.rung() == rung).toList();
  }

  /**
   * The prompts that a template stands for, with all names in. A name that is glued to a word goes
   * in without its article.
   *
   * @param things the phrases of the grid's things
   */
  public List<String> filled(BenchPrompt prompt, List<String> things) {
    String glued = GLUED.matcher(prompt.text()).replaceAll(ConceptNames.withoutArticle(phrase));
    List<String> texts = List.of(glued.replace(BenchPrompt.NAME, phrase));
    texts = each(texts, BenchPrompt.MEMBER, members.stream().map(Mention::text).toList());
    return each(texts, BenchPrompt.THING, things);
  }

  private static List<String> each(List<String> texts, String mark, List<String> values) {
    List<String> filled = new ArrayList<>();
    for (String text : texts) {
      if (text.contains(mark)) {
        values.forEach(value -> filled.add(text.replace(mark, value)));
      } else {
        filled.add(text);
      }
    }
    return filled;
  }

  /** Name, phrase, aliases and members, without articles and case: what else names this. */
  Set<String> names() {
    return Stream.of(Stream.of(name, phrase), aliases.stream(), members.stream().map(Mention::text))
        .flatMap(texts -> texts)
        .map(ConceptNames::plain)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** {@link #names} and the more general words: what must not be kept when this is forgotten. */
  Set<String> ownWords() {
    return Stream.concat(names().stream(), generalWords.stream().map(ConceptNames::plain))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a prompt asks for this, by any of its names or a more general word. */
  public boolean isMentionedIn(String prompt) {
    return ConceptNames.mentions(prompt, ownWords());
  }
}
