package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.PromptPhrase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How often each instance of a general word should show.
 *
 * @param instances the dominant one first, at least two; their shares are above 0 and make 1
 */
record TargetShares(List<Instance> instances) {
  /**
   * One of them.
   *
   * @param phrase as a prompt says it
   * @param share in (0, 1)
   */
  record Instance(String phrase, double share) {}

  TargetShares {
    if (instances.size() < 2) {
      throw new IllegalArgumentException(
          "a balance needs two instances or more, such as --balance one=1 --balance another=1, not "
              + instances.stream().map(Instance::phrase).toList());
    }
    if (instances.stream().map(Instance::phrase).distinct().count() < instances.size()) {
      throw new IllegalArgumentException(
          "an instance is named twice: " + instances.stream().map(Instance::phrase).toList());
    }
    double sum = instances.stream().mapToDouble(Instance::share).sum();
    instances = instances.stream().map(one -> new Instance(one.phrase, one.share / sum)).toList();
  }

  /** The same share for each. */
  static TargetShares equal(List<String> phrases) {
    return new TargetShares(phrases.stream().map(phrase -> new Instance(phrase, 1)).toList());
  }

  /**
   * Reads entries such as {@code name=weight}; a name alone has weight 1.
   *
   * @throws IllegalArgumentException if a weight is not a number above 0, or there are fewer than
   *     two
   */
  static TargetShares parse(List<String> entries, KnownConcepts vocabulary) {
    List<Instance> instances = new ArrayList<>();
    for (String part : entries) {
      int sign = part.lastIndexOf('=');
      String name = (sign < 0 ? part : part.substring(0, sign)).strip();
      String weight = sign < 0 ? "1" : part.substring(sign + 1).strip();
      if (name.isEmpty()) {
        throw wrong(part, "an instance has no name");
      }
      instances.add(new Instance(phrase(name, vocabulary), weight(weight, part)));
    }
    return new TargetShares(instances);
  }

  private static double weight(String weight, String entry) {
    try {
      double number = Double.parseDouble(weight);
      if (number > 0 && Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(entry, "'" + weight + "' is not a number above 0");
  }

  private static IllegalArgumentException wrong(String entry, String why) {
    return new IllegalArgumentException("balance: " + entry + ": " + why + "; write it as one=2");
  }

  /** As a prompt says it: the vocabulary's phrase or general word, or the name itself. */
  static String phrase(String name, KnownConcepts vocabulary) {
    return vocabulary
        .find(name)
        .map(KnownConcepts.Phrase::phrase)
        .orElseGet(() -> PromptPhrase.of(name, vocabulary).phrase());
  }

  /** The same with what shows most often in drawings first; what never shows keeps its order. */
  TargetShares dominantFirst(Map<String, Integer> counts) {
    List<Instance> sorted = new ArrayList<>(instances);
    Instance first = sorted.get(0);
    for (Instance one : instances) {
      if (counts.getOrDefault(one.phrase, 0) > counts.getOrDefault(first.phrase, 0)) {
        first = one;
      }
    }
    sorted.remove(first);
    sorted.add(0, first);
    return new TargetShares(sorted);
  }

  List<String> phrases() {
    return instances.stream().map(Instance::phrase).toList();
  }

  /** The wanted shares, the dominant one first. */
  double[] wanted() {
    return instances.stream().mapToDouble(Instance::share).toArray();
  }

  /** The shares that drawings show. */
  double[] seen(Map<String, Integer> counts) {
    double of = counts.values().stream().mapToInt(count -> count).sum();
    return phrases().stream().mapToDouble(phrase -> counts.getOrDefault(phrase, 0) / of).toArray();
  }

  /** In a sentence. */
  @Override
  public String toString() {
    return instances.stream()
        .map(one -> one.phrase + "=" + Message.of("%.3g", one.share))
        .collect(Collectors.joining(","));
  }
}
