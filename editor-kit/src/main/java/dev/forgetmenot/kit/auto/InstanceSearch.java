package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the instances of a general word in what the model draws: the dominant one is what shows
 * most often; the overshadowed ones show when the model draws the word and stays away from the
 * dominant one (as its negative prompt). Of these, such count as are of the dominant one's
 * category, where the vocabulary knows any, and they count by how near their phrases are to the
 * word for the text encoder. For the engine thread.
 *
 * @param general the word as a prompt says it
 */
public record InstanceSearch(
    Concept general, PromptEncoder encoder, ShareMeasurement drawings, JobContext context) {
  private static final double[] GUIDANCE = {3, 5};
  private static final int MOST = 3;
  private static final double LEAST_DOMINANT = 0.5; // of the images
  private static final int LEAST_SEEN = 2; // one image is chance
  private static final double LEAST_SHARE = 0.4; // of the strongest

  /**
   * What drawings of the word show most often.
   *
   * @throws IllegalArgumentException if it shows in less than half of them
   */
  public String dominant() {
    Map<String, Integer> counts = drawings.of(general);
    Map.Entry<String, Integer> first = counts.entrySet().iterator().next();
    context.say(
        Message.of(
            "'%s' shows %s in %s of %s images",
            general.name(), first.getKey(), first.getValue(), drawings.images()));
    if (first.getValue() < LEAST_DOMINANT * drawings.images()) {
      throw new IllegalArgumentException(
          Message.of(
              "no instance dominates '%s': what shows most, %s, is in %d of %d images, and expected"
                  + " was half of them or more; --dominant %s corrects it nonetheless",
              general.name(), first.getKey(), first.getValue(), drawings.images(), first.getKey()));
    }
    return first.getKey();
  }

  /**
   * What the dominant instance overshadows, the strongest first.
   *
   * @throws IllegalArgumentException if nothing is found
   */
  public List<String> overshadowed(String dominant) {
    Map<String, Integer> seen = new HashMap<>();
    for (double guidance : GUIDANCE) {
      context.checkCancelled();
      drawings
          .awayFrom(general, dominant, guidance, context)
          .forEach((phrase, count) -> seen.merge(phrase, count, Integer::sum));
    }
    seen.remove(dominant);
    Map<String, Double> nearness = nearness(List.copyOf(seen.keySet()));
    List<String> found = new ArrayList<>(seen.keySet());
    found.removeIf(phrase -> seen.get(phrase) < LEAST_SEEN || !alike(phrase, dominant));
    found.sort(
        Comparator.comparingDouble((String phrase) -> -seen.get(phrase) * nearness.get(phrase))
            .thenComparing(Comparator.naturalOrder()));
    found.removeIf(phrase -> nearness.get(phrase) <= 0);
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          Message.of(
              "nothing else was found that '%s' could mean besides %s (seen instead: %s); name the"
                  + " instances by --balance one=1 --balance another=1",
              general.name(), dominant, seen.keySet()));
    }
    double strongest = seen.get(found.get(0)) * nearness.get(found.get(0));
    found.removeIf(phrase -> seen.get(phrase) * nearness.get(phrase) < LEAST_SHARE * strongest);
    List<String> kept = List.copyOf(found.subList(0, Math.min(MOST, found.size())));
    context.say(
        "drawn away from "
            + dominant
            + " it shows "
            + String.join(
                ", ", kept.stream().map(phrase -> phrase + " " + seen.get(phrase) + "×").toList()));
    return kept;
  }

  private boolean alike(String phrase, String dominant) {
    Optional<String> category = category(dominant);
    return category.isEmpty() || category.equals(category(phrase));
  }

  private Optional<String> category(String phrase) {
    return context
        .knownConcepts()
        .find(phrase)
        .map(KnownConcepts.Phrase::category)
        .filter(category -> !category.isEmpty());
  }

  private Map<String, Double> nearness(List<String> phrases) {
    Map<String, Double> nearness = new HashMap<>();
    phrases.forEach(phrase -> nearness.put(phrase, 0.0));
    KnownConcepts vocabulary = context.knownConcepts();
    NearestConcepts.of(
            encoder,
            PromptTemplate.of(general.kind()),
            general.name(),
            vocabulary,
            vocabulary.phrases())
        .phrases()
        .forEach(near -> nearness.replace(near.subject().phrase(), near.cosine()));
    return nearness;
  }
}
