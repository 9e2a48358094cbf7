package dev.forgetmenot.diffusion.tokenizer;

import dev.forgetmenot.api.model.PromptTokenizer;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.engine.EngineThread;
import java.util.List;
import java.util.Set;

/** A model's tokenizer, which waits for its turn on the engine thread. For any thread. */
public record EngineTokenizer(EngineThread engine, ClipTokenizer tokenizer)
    implements PromptTokenizer {
  @Override
  public TokenizedPrompt tokenize(String prompt) {
    return engine.call(() -> tokenizer.encode(prompt));
  }

  @Override
  public TokenizedPrompt framed(List<Integer> ids) {
    return engine.call(
        () -> {
          List<Integer> framed = tokenizer.framed(ids);
          return new TokenizedPrompt(tokenizer.decode(ids), framed, ids.size() + 1, "");
        });
  }

  @Override
  public List<Integer> tokenIds(String text) {
    return engine.call(() -> tokenizer.pieces(text));
  }

  @Override
  public List<String> tokens(String text) {
    return engine.call(() -> tokenizer.tokens(text));
  }

  @Override
  public String decode(List<Integer> ids) {
    return engine.call(() -> tokenizer.decode(ids));
  }

  @Override
  public int endOfText() {
    return tokenizer.endOfText();
  }

  @Override
  public Set<Integer> frame() {
    return tokenizer.frame();
  }
}
