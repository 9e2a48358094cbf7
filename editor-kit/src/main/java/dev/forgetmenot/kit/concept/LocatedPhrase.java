package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A prompt made of a template and a subject, its text embedding, and where the subject's tokens
 * stand in it.
 *
 * @param tokens positions, ascending; none for an empty subject
 */
record LocatedPhrase(PromptPhrase subject, EncodedPrompt encoded, List<Integer> tokens) {
  /**
   * Makes one. An empty subject is the empty prompt.
   *
   * @throws IllegalArgumentException if the prompt is too long, the subject has no token, or its
   *     tokens melt into the template's
   */
  static LocatedPhrase of(PromptEncoder encoder, PromptTemplate template, PromptPhrase subject) {
    if (subject.isEmpty()) {
      return new LocatedPhrase(subject, encoder.encode(""), List.of());
    }
    DiffusionModel model = encoder.model();
    List<Integer> phrase = model.tokenIds(subject.phrase());
    List<Integer> word = model.tokenIds(subject.word());
    if (word.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + subject.word() + "' has no token in this model's vocabulary; name it in words");
    }
    EncodedPrompt encoded = encoder.encode(template.with(subject.phrase()));
    int offset = Collections.lastIndexOfSubList(phrase, word);
    List<Integer> tokens = new ArrayList<>();
    int position = 1;
    List<String> parts = template.parts();
    for (int part = 0; part < parts.size() - 1; part++) {
      position += model.tokenIds(parts.get(part)).size();
      int end = Math.min(position + phrase.size(), encoded.prompt().endPosition());
      if (offset < 0 || !encoded.prompt().ids().subList(position, end).equals(phrase)) {
        throw new IllegalArgumentException(
            "the tokens of '"
                + subject.word()
                + "' do not stand side by side in the prompt '"
                + encoded.prompt().text()
                + "'; write the concept as a word of its own");
      }
      for (int i = 0; i < word.size(); i++) {
        tokens.add(position + offset + i);
      }
      position = end;
    }
    return new LocatedPhrase(subject, encoded, tokens);
  }

  int end() {
    return encoded.prompt().endPosition();
  }

  /** The position of the last token; of an empty subject that of the begin token. */
  int last() {
    return tokens.isEmpty() ? end() - 1 : tokens.get(tokens.size() - 1);
  }

  /** The positions of the last token and of what follows it. */
  List<Integer> following(int count) {
    return IntStream.range(last(), last() + count).boxed().toList();
  }
}
