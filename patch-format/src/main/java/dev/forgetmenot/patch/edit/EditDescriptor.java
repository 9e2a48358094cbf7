package dev.forgetmenot.patch.edit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a manifest says of one edit beside its place: by kind, as in docs/patch-format.md. */
public sealed interface EditDescriptor
    permits EditDescriptor.OfTensors,
        ProjectorEdit.Descriptor,
        ClosedFormEdit.Descriptor,
        TokensEdit.Descriptor {
  /**
   * Code that handles what is said of every kind of edit; a new kind is a new method here.
   *
   * @param <R> its result
   * @param <E> what it may throw, {@link RuntimeException} for nothing that is checked
   */
  interface Visitor<R, E extends Exception> {
    /** Handles values in full. */
    R visit(DeltaEdit.Descriptor edit) throws E;

    /** Handles factors. */
    R visit(LowRankEdit.Descriptor edit) throws E;

    /** Handles rows. */
    R visit(RowsEdit.Descriptor edit) throws E;

    /** Handles a projector. */
    R visit(ProjectorEdit.Descriptor edit) throws E;

    /** Handles a closed-form solve. */
    R visit(ClosedFormEdit.Descriptor edit) throws E;

    /** Handles tokens. */
    R visit(TokensEdit.Descriptor edit) throws E;
  }

  /**
   * What is said of an edit that names each tensor that it changes.
   *
   * @param <V> what is added to one tensor
   */
  sealed interface OfTensors<V> extends EditDescriptor
      permits DeltaEdit.Descriptor, LowRankEdit.Descriptor, RowsEdit.Descriptor {
    /** The tensors, at least one. */
    List<? extends ChangedTensor<V>> targets();

    @Override
    default List<String> changed() {
      return targets().stream().<String>map(ChangedTensor::target).toList();
    }

    @Override
    default List<DeclaredTensor> tensors() {
      return targets().stream().flatMap(target -> target.tensors().stream()).toList();
    }

    /** What is added to each tensor at strength 1, by target. */
    default Map<String, V> added(EditTensors tensors) throws IOException {
      Map<String, V> values = new TreeMap<>();
      for (ChangedTensor<V> target : targets()) {
        values.put(target.target(), target.added(tensors));
      }
      return values;
    }

    /**
     * What is added to one tensor at strength 1.
     *
     * @param target component, slash, canonical parameter name
     * @param tensors of the edit's entry
     * @throws IllegalArgumentException if the edit does not name the target
     * @throws IOException if they cannot be read, or are other ones than were checked
     */
    default V added(String target, EditTensors tensors) throws IOException {
      return ChangedTensor.find(targets(), target).added(tensors);
    }
  }

  /** Calls the visitor's method for this kind. */
  <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E;

  /** Its kind. */
  EditKind kind();

  /** The lowest minor version of the format that has it. */
  default int minorVersion() {
    return kind().minorVersion();
  }

  /** What in it does not go together, to be read after the edit's name. */
  default Optional<String> contradiction() {
    return Optional.empty();
  }

  /** Names or patterns of the tensors that it changes, see {@link TargetPattern}; may be empty. */
  List<String> changed();

  /** The tokens that it adds; empty for all kinds but {@link TokensEdit}. */
  default List<TokensEdit.Token> tokens() {
    return List.of();
  }

  /** The tensors of its entry in the archive. */
  List<DeclaredTensor> tensors();

  /**
   * The edit as its editor handed it over.
   *
   * @param tensors of its entry, checked
   * @throws IOException if they cannot be read, or are other ones than were checked
   */
  PatchEdit edit(EditTensors tensors) throws IOException;
}
