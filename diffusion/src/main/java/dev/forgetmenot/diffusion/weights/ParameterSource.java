package dev.forgetmenot.diffusion.weights;

/** Where layers get their weights from while they are built. */
@FunctionalInterface
public interface ParameterSource {
  /**
   * The cell of a name.
   *
   * @param name canonical name, without the component
   * @param shape the shape that the layer needs
   */
  ModelParameter weight(String name, long... shape);
}
