package dev.forgetmenot.api.model;

/** The weights of a loaded model, to read and to replace. For the engine thread. */
public interface NamedWeights extends ReadableWeights {
  /** Replaces the values. */
  void replace(String name, float[] values);

  /** Puts the base's values back, bit for bit. */
  void restore(String name);
}
