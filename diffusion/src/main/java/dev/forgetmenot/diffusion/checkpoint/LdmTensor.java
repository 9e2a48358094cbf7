package dev.forgetmenot.diffusion.checkpoint;

/**
 * Where a checkpoint keeps a tensor: a whole tensor of it, its transpose, or one of the equal parts
 * into which the rows of a fused one fall.
 *
 * @param name the checkpoint's name
 * @param part from 0
 * @param parts 1 for a whole tensor
 * @param transposed whether the checkpoint holds the transpose
 */
public record LdmTensor(String name, int part, int parts, boolean transposed) {
  /** A whole tensor. */
  public static LdmTensor whole(String name) {
    return new LdmTensor(name, 0, 1, false);
  }

  /** One of the equal parts of the rows of a tensor. */
  static LdmTensor part(String name, int part, int parts) {
    return new LdmTensor(name, part, parts, false);
  }

  /** The transpose of a whole matrix. */
  static LdmTensor transpose(String name) {
    return new LdmTensor(name, 0, 1, true);
  }
}
