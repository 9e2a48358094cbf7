package dev.forgetmenot.patch;

import java.util.Collection;

/**
 * One change of a base as an editor hands it back: values in full ({@link DeltaEdit}), as factors
 * ({@link LowRankEdit}), for some rows ({@link RowsEdit}), as a projector of what a layer reads
 * ({@link ProjectorEdit}), as the statistics that a closed-form solve starts from ({@link
 * ClosedFormEdit}), or as new tokens ({@link TokensEdit}).
 *
 * <p>Targets are a component, a slash, and diffusers' canonical parameter name, such as {@code
 * unet/conv_in.weight}. Where a kind takes patterns, a {@code *} stands for any run of characters.
 */
public sealed interface PatchEdit
    permits DeltaEdit, LowRankEdit, RowsEdit, ProjectorEdit, ClosedFormEdit, TokensEdit {
  /** The word that manifests have for this kind of edit. */
  String kind();

  /**
   * Whether it speaks of text embeddings, and so fits every model with the same text encoder, and
   * not of the values of the tensors that it changes.
   */
  default boolean boundByTextEncoder() {
    return Manifest.boundByTextEncoder(kind());
  }

  /** Names or patterns of the tensors that it changes; empty where it only adds tokens. */
  Collection<String> changed();
}
