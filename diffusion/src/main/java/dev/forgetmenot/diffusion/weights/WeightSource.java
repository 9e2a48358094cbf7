package dev.forgetmenot.diffusion.weights;

/** Where layers get their weights from while they are built. */
@FunctionalInterface
public interface WeightSource {
  /**
   * The cell of a name.
   *
   * @param name canonical name, without the component
   * @param shape the shape that the layer needs
   */
  Weight weight(String name, long... shape);
}
