package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.kit.image.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a list must obey beyond its schema, over all its concepts together. */
record BenchChecks(Problems problems, List<BenchConcept> concepts) {
  private static final int LEAST_NEVER = 3;
  private static final int LEAST_IMAGES = 16;

  void concepts(boolean grid) {
    Map<String, BenchConcept> byWord = new HashMap<>();
    for (BenchConcept concept : concepts) {
      for (String word : Set.copyOf(List.of(plain(concept.name()), plain(concept.phrase())))) {
        BenchConcept older = byWord.putIfAbsent(word, concept);
        if (older != null) {
          problems.add(
              concept.place(),
              "the concept "
                  + concept.name()
                  + " is listed twice, first at "
                  + older.place()
                  + " as "
                  + older.name()
                  + ": take one out");
          break;
        }
      }
    }
    for (BenchConcept concept : concepts) {
      members(concept);
      neighbours(concept);
      concept.guide().ifPresent(guide -> guide(concept, guide));
      new PromptChecks(problems, concept, grid).check();
      concept.images().ifPresent(folder -> images(concept.place(), concept.name(), folder, 1));
    }
  }

  private static String plain(String text) {
    return ConceptNames.plain(text);
  }

  private void members(BenchConcept concept) {
    boolean broad = concept.kind() == ConceptKind.BROAD;
    if (broad == concept.members().isEmpty()) {
      problems.add(
          concept.place(),
          "the concept "
              + concept.name()
              + (broad
                  ? " is broad and has no members: list the phrases of what belongs to it"
                  : " has members, which only a broad concept has: say kind: broad"));
    }
  }

  private void neighbours(BenchConcept concept) {
    Set<String> seen = new HashSet<>();
    for (Mention neighbour : concept.similar()) {
      String plain = plain(neighbour.text());
      Optional<BenchConcept> known = Bench.find(concepts, neighbour.text());
      Set<String> names = known.map(BenchConcept::names).orElse(Set.of(plain));
      if (!Collections.disjoint(names, concept.ownWords())) {
        problems.add(
            neighbour.place(),
            "similar names "
                + neighbour
                + ", which is a name, an alias, a member or a general word of "
                + concept.name()
                + ": a neighbour is kept, so name something else");
      } else if (!seen.add(known.map(one -> plain(one.name())).orElse(plain))) {
        problems.add(
            neighbour.place(), "similar names " + neighbour + " twice: neighbours are distinct");
      } else if (known.isEmpty()) {
        spelling("similar", neighbour);
      }
    }
  }

  private void guide(BenchConcept concept, Mention guide) {
    if (concept.names().contains(plain(guide.text()))) {
      problems.add(
          guide.place(),
          "guide names " + concept.name() + " itself: name what may stand in its place");
    } else if (Bench.find(concepts, guide.text()).isEmpty()) {
      spelling("guide", guide);
    }
  }

  /** Refuses a phrase that is the name of a concept but for a letter or two. */
  private void spelling(String key, Mention phrase) {
    String plain = plain(phrase.text());
    int mistakes = plain.length() < 5 ? 0 : plain.length() < 12 ? 1 : 2;
    List<String> names = concepts.stream().map(one -> plain(one.name())).toList();
    Suggestions.within(plain, names, mistakes)
        .ifPresent(
            name ->
                problems.add(
                    phrase.place(),
                    key
                        + " names "
                        + phrase
                        + ", which is no concept of the list; did you mean "
                        + name
                        + "? A phrase that is no concept must differ more"));
  }

  void grid(BenchGrid grid) {
    for (Mention thing : grid.things()) {
      of("things", thing, false);
    }
    for (Mention style : grid.styles()) {
      of("styles", style, true);
    }
    for (String mark : List.of(BenchPrompt.THING, BenchPrompt.STYLE)) {
      if (!grid.prompt().text().contains(mark)) {
        problems.add(
            grid.prompt().place(), "the grid's prompt has no " + mark + ": write it where it goes");
      }
    }
    if (grid.things().isEmpty() || grid.styles().isEmpty()) {
      problems.add(grid.prompt().place(), "the grid is empty: the list has no things or no styles");
    }
  }

  private void of(String key, Mention name, boolean style) {
    Optional<BenchConcept> concept =
        Bench.find(concepts, name.text()).filter(one -> one.kind() != ConceptKind.BROAD);
    if (concept.isEmpty() || (concept.get().kind() == ConceptKind.STYLE) != style) {
      List<String> names =
          concepts.stream()
              .filter(one -> (one.kind() == ConceptKind.STYLE) == style)
              .map(BenchConcept::name)
              .toList();
      problems.add(
          name.place(),
          key
              + " names "
              + name
              + ", which is no "
              + (style ? "style" : "thing")
              + " of the list; the nearest are "
              + String.join(", ", Suggestions.of(name.text(), names)));
    }
  }

  void never(List<NeverKnown> never) {
    if (!never.isEmpty() && never.size() < LEAST_NEVER) {
      problems.add(
          never.get(0).place(),
          "never names "
              + never.size()
              + " concepts: expected at least "
              + LEAST_NEVER
              + ", or none");
    }
    for (NeverKnown one : never) {
      if (Bench.find(concepts, one.name()).isPresent()
          || Bench.find(concepts, one.phrase()).isPresent()) {
        problems.add(
            one.place(),
            "never names "
                + one.name()
                + ", which the list asks for: name what no model here was trained with");
      }
      images(one.place(), one.name(), one.images(), LEAST_IMAGES);
    }
  }

  private void images(Place place, String name, Path folder, int least) {
    try (var files = Files.list(folder)) {
      long images = files.filter(ImageFormat::promisedBy).count();
      if (images < least) {
        problems.add(
            place,
            "the images of "
                + name
                + " in "
                + folder
                + " are "
                + images
                + ": expected at least "
                + least
                + " files like 1.png");
      }
    } catch (IOException e) {
      problems.add(place, "the images of " + name + " should be a folder: " + e.getMessage());
    }
  }

  void general(GeneralPrompts general) {
    Set<String> seen = new HashSet<>();
    for (Mention prompt : general.prompts()) {
      if (prompt.text().contains("{")) {
        problems.add(
            prompt.place(),
            "the general prompt \"" + prompt + "\" has a place for a name: it takes none");
      }
      if (!seen.add(prompt.text())) {
        problems.add(
            prompt.place(), "the general prompt \"" + prompt + "\" is there twice: take one out");
      }
    }
  }

  void seeds(BenchSeeds seeds, Optional<BenchJudge> judge) {
    List<SeedRange> ranges = new ArrayList<>(seeds.all());
    judge.ifPresent(one -> ranges.add(one.calibration()));
    for (int i = 0; i < ranges.size(); i++) {
      for (int j = i + 1; j < ranges.size(); j++) {
        if (ranges.get(i).overlaps(ranges.get(j))) {
          problems.add(
              ranges.get(j).place(),
              "the seeds "
                  + ranges.get(i)
                  + " and "
                  + ranges.get(j)
                  + " overlap: begin one of them where the other has ended");
        }
      }
    }
  }
}
