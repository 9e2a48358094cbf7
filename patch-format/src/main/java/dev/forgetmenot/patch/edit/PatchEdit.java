package dev.forgetmenot.patch.edit;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
  /**
   * Code that handles every kind of edit; a new kind is a new method here.
   *
   * @param <R> its result
   * @param <E> what it may throw, {@link RuntimeException} for nothing that is checked
   */
  interface Visitor<R, E extends Exception> {
    /** Handles values in full. */
    R visit(DeltaEdit edit) throws E;

    /** Handles factors. */
    R visit(LowRankEdit edit) throws E;

    /** Handles rows. */
    R visit(RowsEdit edit) throws E;

    /** Handles a projector. */
    R visit(ProjectorEdit edit) throws E;

    /** Handles a closed-form solve. */
    R visit(ClosedFormEdit edit) throws E;

    /** Handles tokens. */
    R visit(TokensEdit edit) throws E;
  }

  /** Calls the visitor's method for this kind. */
  <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E;

  /** Its kind. */
  EditKind kind();

  /**
   * Whether it is of text embeddings, and so fits every model with the same text encoder, and not
   * of the values of the tensors that it changes.
   */
  default boolean boundByTextEncoder() {
    return kind().boundByTextEncoder();
  }

  /** Bytes that its values take in a patch. */
  default long bytes() {
    return stored().stream().mapToLong(part -> part.tensors().bytes()).sum();
  }

  /** How many values that is. */
  default long elements() {
    return bytes() / Float.BYTES;
  }

  /** The tokens that it adds, by name; empty for all kinds but {@link TokensEdit}. */
  default Map<String, Rows> tokens() {
    return Map.of();
  }

  /** Names or patterns of the tensors that it changes; empty where it only adds tokens. */
  Collection<String> changed();

  /** What is stored of it: one part for each component that it changes. */
  List<EditPart> stored();

  /**
   * A copy that is sorted by name.
   *
   * @param none what is missing in an empty one
   */
  static <T> Map<String, T> sorted(Map<String, T> values, String none) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: " + none);
    }
    return Collections.unmodifiableMap(new TreeMap<>(values));
  }
}
