package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.PromptTokenizer;
import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Where a word stands in a prompt. Each text encoder has its own tokens, which may be other ones,
 * or more of them; what the UNet reads at a position is what all of them have there side by side.
 * So a word stands where one of them at least has a token of it.
 *
 * @param tokens positions of all its tokens, ascending
 * @param last positions of the last token of each text encoder, ascending, without repetition
 */
record WordPlaces(List<Integer> tokens, List<Integer> last) {
  /** Nowhere. */
  static final WordPlaces NONE = new WordPlaces(List.of(), List.of());

  /**
   * The tokenizers of a model's text encoders, as many as a prompt has readings: only the first
   * where the others read the same ids.
   */
  static List<PromptTokenizer> tokenizers(DiffusionModel model, TokenizedPrompt prompt) {
    List<PromptTokenizer> all = new ArrayList<>(List.of(model.tokenizer()));
    all.addAll(model.tokenizer().others());
    return all.subList(0, prompt.all().size());
  }

  /**
   * The positions of a subject's word in a prompt of a template.
   *
   * @throws IllegalArgumentException if it has no token, or its tokens melt into the template's
   */
  static WordPlaces of(
      DiffusionModel model, PromptTemplate template, PromptPhrase subject, TokenizedPrompt prompt) {
    TreeSet<Integer> tokens = new TreeSet<>();
    TreeSet<Integer> last = new TreeSet<>();
    List<PromptTokenizer> tokenizers = tokenizers(model, prompt);
    for (int i = 0; i < tokenizers.size(); i++) {
      List<Integer> own = of(tokenizers.get(i), template, subject, prompt.all().get(i));
      tokens.addAll(own);
      last.add(own.get(own.size() - 1));
    }
    return new WordPlaces(List.copyOf(tokens), List.copyOf(last));
  }

  private static List<Integer> of(
      PromptTokenizer tokenizer,
      PromptTemplate template,
      PromptPhrase subject,
      TokenizedPrompt prompt) {
    List<Integer> phrase = tokenizer.tokenIds(subject.phrase());
    List<Integer> word = tokenizer.tokenIds(subject.word());
    if (word.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + subject.word() + "' has no token in this model's vocabulary; name it in words");
    }
    int offset = Collections.lastIndexOfSubList(phrase, word);
    List<Integer> tokens = new ArrayList<>();
    int position = 1;
    List<String> parts = template.parts();
    for (int part = 0; part < parts.size() - 1; part++) {
      position += tokenizer.tokenIds(parts.get(part)).size();
      int end = Math.min(position + phrase.size(), prompt.endPosition());
      if (offset < 0 || !prompt.ids().subList(position, end).equals(phrase)) {
        throw new IllegalArgumentException(
            "the tokens of '"
                + subject.word()
                + "' do not stand side by side in the prompt '"
                + prompt.text()
                + "'; write the concept as a word of its own");
      }
      for (int i = 0; i < word.size(); i++) {
        tokens.add(position + offset + i);
      }
      position = end;
    }
    return tokens;
  }
}
