package dev.forgetmenot.diffusion.checkpoint;

/**
 * Where a checkpoint keeps a tensor: a whole tensor of it, or one of the equal parts into which the
 * rows of a fused one fall.
 *
 * @param name the checkpoint's name
 * @param part from 0
 * @param parts 1 for a whole tensor
 */
public record LdmTensor(String name, int part, int parts) {
  /** A whole tensor. */
  public static LdmTensor whole(String name) {
    return new LdmTensor(name, 0, 1);
  }
}
