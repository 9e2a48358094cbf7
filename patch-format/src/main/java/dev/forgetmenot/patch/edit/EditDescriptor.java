package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.json.MinorVersion;
import java.util.List;
import java.util.Optional;

/** What a manifest says of one edit beside its place: by kind, as in docs/patch-format.md. */
public sealed interface EditDescriptor {
  /**
   * Code that handles what is said of every kind of edit; a new kind is a new method here.
   *
   * @param <R> its result
   * @param <E> what it may throw, {@link RuntimeException} for nothing that is checked
   */
  interface Visitor<R, E extends Exception> {
    /** Handles {@link DeltaEdit#KIND}. */
    R visit(Deltas edit) throws E;

    /** Handles {@link LowRankEdit#KIND}. */
    R visit(LowRanks edit) throws E;

    /** Handles {@link RowsEdit#KIND}. */
    R visit(RowTargets edit) throws E;

    /** Handles {@link ProjectorEdit#KIND}. */
    R visit(Projector edit) throws E;

    /** Handles {@link ClosedFormEdit#KIND}. */
    R visit(ClosedForm edit) throws E;

    /** Handles {@link TokensEdit#KIND}. */
    R visit(Tokens edit) throws E;
  }

  /**
   * A visitor with one answer for all kinds but those that it overrides.
   *
   * @param <R> its result
   * @param <E> what it may throw
   */
  abstract class Others<R, E extends Exception> implements Visitor<R, E> {
    private final R answer;

    /** Answers so unless overridden. */
    protected Others(R answer) {
      this.answer = answer;
    }

    @Override
    public R visit(Deltas edit) throws E {
      return answer;
    }

    @Override
    public R visit(LowRanks edit) throws E {
      return answer;
    }

    @Override
    public R visit(RowTargets edit) throws E {
      return answer;
    }

    @Override
    public R visit(Projector edit) throws E {
      return answer;
    }

    @Override
    public R visit(ClosedForm edit) throws E {
      return answer;
    }

    @Override
    public R visit(Tokens edit) throws E {
      return answer;
    }
  }

  /** One tensor that an edit names. */
  interface ChangedTensor {
    /** Component, slash, canonical parameter name. */
    String target();

    /** Its shape. */
    List<Long> shape();

    /** Frobenius norm of what is added at strength 1. */
    double norm();
  }

  /** Calls the visitor's method for this kind. */
  <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E;

  /**
   * Whether it is of text embeddings, with patterns of what it changes; else it names each tensor
   * that it changes the values of.
   */
  boolean boundByTextEncoder();

  /** The lowest minor version of the format that has it. */
  int minorVersion();

  /** The tensors that it changes one by one; empty for kinds with patterns. */
  default List<? extends ChangedTensor> targets() {
    return List.of();
  }

  /** What in it does not go together, to be read after the edit's name. */
  default Optional<String> contradiction() {
    return Optional.empty();
  }

  /** The tokens that it adds; empty for all kinds but {@link TokensEdit#KIND}. */
  default List<Token> tokens() {
    return List.of();
  }

  /** The word for the kind. */
  String kind();

  /** Names or patterns of the tensors that it changes, see {@link TargetPattern}; may be empty. */
  default List<String> changed() {
    return targets().stream().<String>map(ChangedTensor::target).toList();
  }

  /**
   * Of {@link DeltaEdit#KIND}.
   *
   * @param targets at least one
   */
  record Deltas(List<Target> targets) implements EditDescriptor {
    /** Copies the list. */
    public Deltas {
      targets = List.copyOf(targets);
    }

    @Override
    public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public boolean boundByTextEncoder() {
      return false;
    }

    @Override
    public int minorVersion() {
      return targets.stream().anyMatch(target -> target.scale().isPresent())
          ? MinorVersion.WITH_ROWS
          : 0;
    }

    @Override
    public String kind() {
      return DeltaEdit.KIND;
    }
  }

  /**
   * One tensor that gets values in full.
   *
   * @param target component, slash, canonical parameter name
   * @param shape its shape
   * @param norm Frobenius norm of what is added at strength 1
   * @param scale where the values are stored as halves: each stands for itself times this
   */
  record Target(String target, List<Long> shape, double norm, Optional<Double> scale)
      implements ChangedTensor {
    /** Copies the list. */
    public Target {
      shape = List.copyOf(shape);
    }
  }

  /**
   * Of {@link LowRankEdit#KIND}.
   *
   * @param targets at least one
   */
  record LowRanks(List<Factors> targets) implements EditDescriptor {
    /** Copies the list. */
    public LowRanks {
      targets = List.copyOf(targets);
    }

    @Override
    public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public boolean boundByTextEncoder() {
      return false;
    }

    @Override
    public int minorVersion() {
      return MinorVersion.WITH_KINDS;
    }

    @Override
    public String kind() {
      return LowRankEdit.KIND;
    }
  }

  /**
   * One weight that gets a product of factors.
   *
   * @param target component, slash, canonical parameter name
   * @param shape (out, in) or (out, in, height, width)
   * @param rank 1 to {@link LowRank#MAX_RANK}
   * @param alpha above 0
   * @param norm Frobenius norm of what is added at strength 1
   */
  record Factors(String target, List<Long> shape, int rank, double alpha, double norm)
      implements ChangedTensor {
    /** Copies the list. */
    public Factors {
      shape = List.copyOf(shape);
    }
  }

  /**
   * Of {@link RowsEdit#KIND}.
   *
   * @param targets at least one
   */
  record RowTargets(List<RowTarget> targets) implements EditDescriptor {
    /** Copies the list. */
    public RowTargets {
      targets = List.copyOf(targets);
    }

    @Override
    public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public boolean boundByTextEncoder() {
      return false;
    }

    @Override
    public int minorVersion() {
      return MinorVersion.WITH_ROWS;
    }

    @Override
    public String kind() {
      return RowsEdit.KIND;
    }
  }

  /**
   * One tensor of which some rows change.
   *
   * @param target component, slash, canonical parameter name
   * @param shape its shape, of 2 to 4 dimensions
   * @param rows how many rows change
   * @param norm Frobenius norm of what is added at strength 1
   */
  record RowTarget(String target, List<Long> shape, int rows, double norm)
      implements ChangedTensor {
    /** Copies the list. */
    public RowTarget {
      shape = List.copyOf(shape);
    }
  }

  /**
   * Of {@link ProjectorEdit#KIND}.
   *
   * @param concept what the directions stand for
   * @param directions k
   * @param width d
   * @param norm Frobenius norm of leftᵀ · right
   * @param patterns what it changes
   */
  record Projector(String concept, int directions, int width, double norm, List<String> patterns)
      implements EditDescriptor {
    /** Copies the list. */
    public Projector {
      patterns = List.copyOf(patterns);
    }

    @Override
    public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public boolean boundByTextEncoder() {
      return true;
    }

    @Override
    public int minorVersion() {
      return MinorVersion.WITH_KINDS;
    }

    @Override
    public String kind() {
      return ProjectorEdit.KIND;
    }

    @Override
    public List<String> changed() {
      return patterns;
    }
  }

  /**
   * Of {@link ClosedFormEdit#KIND}.
   *
   * @param concepts at least one, with different labels
   * @param width d
   * @param lambda above 0
   * @param eraseScale above 0
   * @param preserveScale 0 or more
   * @param sides which projections the patterns are
   * @param patterns what it changes
   */
  record ClosedForm(
      List<Columns> concepts,
      int width,
      double lambda,
      double eraseScale,
      double preserveScale,
      TextProjections sides,
      List<String> patterns)
      implements EditDescriptor {
    /** Copies the lists. */
    public ClosedForm {
      concepts = List.copyOf(concepts);
      patterns = List.copyOf(patterns);
    }

    /** The sides are those of the patterns. */
    @Override
    public Optional<String> contradiction() {
      boolean keys = patterns.stream().anyMatch(p -> p.endsWith(".to_k.weight"));
      boolean values = patterns.stream().anyMatch(p -> p.endsWith(".to_v.weight"));
      boolean others = patterns.stream().anyMatch(p -> !p.matches(".*\\.to_[kv]\\.weight"));
      return others
              || keys != (sides != TextProjections.V)
              || values != (sides != TextProjections.K)
          ? Optional.of(" says sides " + sides.word() + " and changes " + patterns)
          : Optional.empty();
    }

    @Override
    public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public boolean boundByTextEncoder() {
      return true;
    }

    @Override
    public int minorVersion() {
      return MinorVersion.WITH_KINDS;
    }

    @Override
    public String kind() {
      return ClosedFormEdit.KIND;
    }

    @Override
    public List<String> changed() {
      return patterns;
    }
  }

  /**
   * One concept of a closed-form edit.
   *
   * @param label its name
   * @param columns target rows, and guides
   * @param preserved rows that must stay, may be 0
   * @param norm Frobenius norm of guides minus targets
   */
  record Columns(String label, int columns, int preserved, double norm) {}

  /**
   * Of {@link TokensEdit#KIND}.
   *
   * @param tokens at least one, with different names
   * @param width d
   */
  record Tokens(List<Token> tokens, int width) implements EditDescriptor {
    /** Copies the list. */
    public Tokens {
      tokens = List.copyOf(tokens);
    }

    @Override
    public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public boolean boundByTextEncoder() {
      return true;
    }

    @Override
    public int minorVersion() {
      return MinorVersion.WITH_KINDS;
    }

    @Override
    public String kind() {
      return TokensEdit.KIND;
    }
  }

  /**
   * One token.
   *
   * @param token its name
   * @param vectors embeddings that it stands for
   * @param norm Frobenius norm of all of them
   */
  record Token(String token, int vectors, double norm) {}
}
