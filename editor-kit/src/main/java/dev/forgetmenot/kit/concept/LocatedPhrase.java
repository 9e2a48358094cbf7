package dev.forgetmenot.kit.concept;

import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A prompt made of a template and a subject, its text embedding, and where the subject's tokens
 * stand in it.
 *
 * @param places none for an empty subject
 */
record LocatedPhrase(PromptPhrase subject, EncodedPrompt encoded, WordPlaces places) {
  /**
   * Makes one. An empty subject is the empty prompt.
   *
   * @throws IllegalArgumentException if the prompt is too long, the subject has no token, or its
   *     tokens melt into the template's
   */
  static LocatedPhrase of(PromptEncoder encoder, PromptTemplate template, PromptPhrase subject) {
    if (subject.isEmpty()) {
      return new LocatedPhrase(subject, encoder.encode(""), WordPlaces.NONE);
    }
    EncodedPrompt encoded = encoder.encode(template.with(subject.phrase()));
    return new LocatedPhrase(
        subject, encoded, WordPlaces.of(encoder.model(), template, subject, encoded.prompt()));
  }

  List<Integer> tokens() {
    return places.tokens();
  }

  int end() {
    return encoded.prompt().lastEnd();
  }

  /** The position of the last token; of an empty subject that of the begin token. */
  int last() {
    return tokens().isEmpty() ? end() - 1 : tokens().get(tokens().size() - 1);
  }

  /** The positions of the last token and of what follows it. */
  List<Integer> following(int count) {
    return IntStream.range(last(), last() + count).boxed().toList();
  }
}
