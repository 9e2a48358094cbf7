package dev.forgetmenot.patching.gate;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Text embeddings of prompts as plain numbers, each prompt encoded once. For the engine thread; use
 * one as long as the text encoder stays the same.
 */
public final class PromptEncoder {
  private static final int POSITIONS = 16 * 77; // of all prompts of a batch

  private final DiffusionModel model;
  private final Map<TokenizedPrompt, EncodedPrompt> known = new HashMap<>();

  /** An encoder that knows nothing yet. */
  public PromptEncoder(DiffusionModel model) {
    this.model = model;
  }

  /** The model. */
  public DiffusionModel model() {
    return model;
  }

  /** How many prompts were encoded. */
  public int size() {
    return known.size();
  }

  /**
   * Encodes a prompt.
   *
   * @throws IllegalArgumentException if it is longer than the text encoder takes
   */
  public EncodedPrompt encode(String prompt) {
    return encode(List.of(prompt)).get(0);
  }

  /** Encodes prompts, those that are new in batches. */
  public List<EncodedPrompt> encode(List<String> prompts) {
    return encodeTokens(prompts.stream().map(this::tokenize).toList());
  }

  /** Encodes prompts that are tokens already, all of them as long. */
  public List<EncodedPrompt> encodeTokens(List<TokenizedPrompt> prompts) {
    List<TokenizedPrompt> missing = new ArrayList<>(new LinkedHashSet<>(prompts));
    missing.removeAll(known.keySet());
    int batch = missing.isEmpty() ? 1 : Math.max(1, POSITIONS / missing.get(0).ids().size());
    for (int first = 0; first < missing.size(); first += batch) {
      encodeBatch(missing.subList(first, Math.min(missing.size(), first + batch)));
    }
    return prompts.stream().map(known::get).toList();
  }

  /**
   * The tokens of a prompt.
   *
   * @throws IllegalArgumentException if it is longer than a text encoder takes
   */
  public TokenizedPrompt tokenize(String text) {
    TokenizedPrompt prompt = model.tokenize(text);
    requireWhole(prompt);
    return prompt;
  }

  /**
   * Checks that all text encoders see all of a prompt.
   *
   * @throws IllegalArgumentException that names the prompt and what would be cut off
   */
  public static void requireWhole(TokenizedPrompt prompt) {
    List<TokenizedPrompt> all = prompt.all();
    for (TokenizedPrompt one : all) {
      if (!one.cut().isEmpty()) {
        throw new IllegalArgumentException(
            Message.of(
                "the prompt '%s' is longer than the %s tokens of the text encoder%s, and '%s' would"
                    + " be cut off; use a shorter prompt",
                prompt.text(),
                one.ids().size(),
                all.size() > 1 ? " " + (all.indexOf(one) + 1) : "",
                one.cut()));
      }
    }
  }

  private void encodeBatch(List<TokenizedPrompt> batch) {
    try (TextCondition condition = model.encodePrompts(batch)) {
      float[] all = condition.context().toFloatArray();
      int each = all.length / batch.size();
      int width = Math.toIntExact(condition.context().getShape().get(2));
      for (int i = 0; i < batch.size(); i++) {
        float[] states = new float[each];
        System.arraycopy(all, i * each, states, 0, each);
        known.put(batch.get(i), new EncodedPrompt(batch.get(i), width, states));
      }
    }
  }
}
