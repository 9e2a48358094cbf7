package dev.forgetmenot.diffusion.tokenizer;

import dev.forgetmenot.api.model.PromptTokenizer;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.engine.EngineThread;
import java.util.List;
import java.util.Set;

/**
 * A model's tokenizers, which wait for their turn on the engine thread. For any thread.
 *
 * @param tokenizers one for each text encoder; ids and pieces by themselves are those of the first
 */
public record EngineTokenizer(EngineThread engine, List<ClipTokenizer> tokenizers)
    implements PromptTokenizer {
  /** Copies the list. */
  public EngineTokenizer {
    tokenizers = List.copyOf(tokenizers);
  }

  private ClipTokenizer first() {
    return tokenizers.get(0);
  }

  @Override
  public TokenizedPrompt tokenize(String prompt) {
    return engine.call(
        () -> {
          TokenizedPrompt first = first().encode(prompt);
          return new TokenizedPrompt(
              prompt,
              first.ids(),
              first.endPosition(),
              first.cut(),
              tokenizers.stream().skip(1).map(other -> other.encode(prompt)).toList());
        });
  }

  @Override
  public TokenizedPrompt framed(List<Integer> ids) {
    return engine.call(
        () -> {
          List<Integer> framed = first().framed(ids);
          return new TokenizedPrompt(first().decode(ids), framed, ids.size() + 1, "");
        });
  }

  @Override
  public List<Integer> tokenIds(String text) {
    return engine.call(() -> first().pieces(text));
  }

  @Override
  public List<String> tokens(String text) {
    return engine.call(() -> first().tokens(text));
  }

  @Override
  public String decode(List<Integer> ids) {
    return engine.call(() -> first().decode(ids));
  }

  @Override
  public int endOfText() {
    return first().endOfText();
  }

  @Override
  public Set<Integer> frame() {
    return first().frame();
  }

  @Override
  public List<PromptTokenizer> others() {
    return tokenizers.stream()
        .skip(1)
        .<PromptTokenizer>map(other -> new EngineTokenizer(engine, List.of(other)))
        .toList();
  }
}
