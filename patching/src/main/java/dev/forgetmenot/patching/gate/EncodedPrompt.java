package dev.forgetmenot.patching.gate;

import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.List;

/** A prompt and its text embedding, outside of the engine. */
public final class EncodedPrompt {
  private final TokenizedPrompt prompt;
  private final int width;
  private final float[] states;

  /**
   * Makes one.
   *
   * @param width d
   * @param states n · d values, row after row; not copied
   */
  EncodedPrompt(TokenizedPrompt prompt, int width, float[] states) {
    if (states.length != prompt.ids().size() * width) {
      throw new IllegalArgumentException(
          prompt.ids().size() + " rows of " + width + " are needed, not " + states.length);
    }
    this.prompt = prompt;
    this.width = width;
    this.states = states;
  }

  /** The prompt. */
  public TokenizedPrompt prompt() {
    return prompt;
  }

  /** n. */
  public int length() {
    return prompt.ids().size();
  }

  /** d. */
  public int width() {
    return width;
  }

  /** All rows (n × d). */
  public Matrix rows() {
    return Matrix.of(length(), width, states);
  }

  /**
   * Some rows as columns (d × m).
   *
   * @param positions indices into the prompt's tokens
   */
  public Matrix columns(List<Integer> positions) {
    float[] chosen = new float[positions.size() * width];
    for (int i = 0; i < positions.size(); i++) {
      System.arraycopy(states, positions.get(i) * width, chosen, i * width, width);
    }
    return Matrix.ofColumns(positions.size(), width, chosen);
  }
}
