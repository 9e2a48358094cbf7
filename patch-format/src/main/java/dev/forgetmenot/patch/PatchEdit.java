package dev.forgetmenot.patch;

/**
 * One change of a base as an editor hands it back: values in full ({@link DeltaEdit}), as factors
 * ({@link LowRankEdit}), as a projector of what a layer reads ({@link ProjectorEdit}), as the
 * statistics that a closed-form solve starts from ({@link ClosedFormEdit}), or as new tokens
 * ({@link TokensEdit}).
 *
 * <p>Targets are a component, a slash, and diffusers' canonical parameter name, such as {@code
 * unet/conv_in.weight}. Where a kind takes patterns, a {@code *} stands for any run of characters.
 */
public sealed interface PatchEdit
    permits DeltaEdit, LowRankEdit, ProjectorEdit, ClosedFormEdit, TokensEdit {
  /** The word that manifests have for this kind of edit. */
  String kind();
}
