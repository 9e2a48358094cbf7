package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchableModel;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stack on a base that all of its patches fit.
 *
 * @param weights what becomes of the weights
 * @param tokens what the patches add to the vocabulary, in the order of the patches
 * @param descriptions what to say of each request
 */
public record ResolvedStack(
    PatchedWeights weights, List<Token> tokens, Map<PatchRequest, String> descriptions) {

  /**
   * A token that a patch adds.
   *
   * @param layer the patch
   * @param name its name
   * @param rows its vectors
   */
  public record Token(StackedPatch layer, String name, Rows rows) {}

  /** Copies the collections. */
  public ResolvedStack {
    tokens = List.copyOf(tokens);
    descriptions = Collections.unmodifiableMap(new LinkedHashMap<>(descriptions));
  }

  /**
   * Changes a model, which takes all of it or nothing: weights that it holds already are left
   * alone. For the engine thread.
   *
   * @throws PatchFormatException if a weight does not become a number, changes too much, or a token
   *     is there already
   */
  public void applyTo(PatchableModel model) throws IOException {
    for (String target : weights.targets()) {
      model.replace(target, weights.fingerprint(target), () -> weights.values(target));
    }
    for (Token token : tokens) {
      try {
        model.addToken(token.name(), token.rows().floats());
      } catch (IllegalArgumentException e) {
        throw new PatchFormatException(
            PatchError.CONFLICT, token.layer().where(), "cannot add its token: " + e.getMessage());
      }
    }
    descriptions.forEach(model::applied);
  }
}
