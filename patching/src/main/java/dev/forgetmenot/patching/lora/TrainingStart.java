package dev.forgetmenot.patching.lora;

import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import java.util.Locale;
import java.util.Set;

/**
 * What a training with the PEFT library took from a weight at its beginning, as {@code
 * init_lora_weights} says: where the first factors are a part of the weight, the library takes that
 * part off the base when it loads the adapter.
 */
enum TrainingStart {
  /** The base stayed as it was. */
  NOTHING {
    @Override
    Matrix basis(Matrix weight, int rank) {
      return Matrix.zeros(weight.rows(), 0);
    }
  },
  /** The first r directions of the singular value decomposition. */
  PISSA {
    @Override
    Matrix basis(Matrix weight, int rank) {
      return Subspace.ofFirst(weight, rank).basis();
    }
  },
  /** The first r columns of Q, and rows of R, of W = Q·R. */
  OLORA {
    @Override
    Matrix basis(Matrix weight, int rank) {
      return Subspace.of(weight.columns(0, rank), 0).basis();
    }
  };

  /** Values of init_lora_weights that leave the base as it is. */
  private static final Set<String> HARMLESS = Set.of("gaussian", "orthogonal", "eva", "mica");

  /** Those that change it by what only the training knew. */
  private static final Set<String> UNKNOWN_BASE = Set.of("corda", "loftq", "lora_ga");

  private static final String CONVERT =
      "save it again from the training with"
          + " save_pretrained(..., path_initial_model_for_weight_conversion=...), which writes plain"
          + " factors, or "
          + LoraException.MERGE;

  /**
   * The start that a configuration tells of.
   *
   * @throws LoraException if it cannot be known, or is not read; the message says how to convert
   */
  static TrainingStart of(String where, Object init) throws LoraException {
    if (init == null || init instanceof Boolean) {
      return NOTHING;
    }
    String word = String.valueOf(init).toLowerCase(Locale.ROOT);
    if (HARMLESS.contains(word)) {
      return NOTHING;
    }
    if (word.equals("pissa") || word.equals("olora")) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
    String what =
        word.startsWith("pissa_niter_")
            ? "its base is what a decomposition with random numbers left, which cannot be computed"
                + " again"
            : UNKNOWN_BASE.contains(word)
                ? "its factors belong to a base that the training had changed by its own data"
                : "it is not known what that did to the base";
    throw new LoraException(where, "init_lora_weights is " + word + ": " + what + "; " + CONVERT);
  }

  /**
   * Orthonormal columns Q, so that Q·QᵀW is what was taken from the weight.
   *
   * @param weight (out × in)
   * @param rank at most its sides
   */
  abstract Matrix basis(Matrix weight, int rank);

  /** What was taken from the weight: a product of that rank. */
  WeightChange.Product taken(Matrix weight, int rank) {
    Matrix basis = basis(weight, rank);
    return new WeightChange.Product(basis, basis.transposedTimes(weight));
  }
}
