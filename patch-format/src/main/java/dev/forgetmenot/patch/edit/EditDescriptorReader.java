package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.MinorVersion;
import java.util.List;
import java.util.Optional;

/** Reads the members of one edit that hang on its kind. */
public final class EditDescriptorReader {
  private static final int WIDEST = 1 << 16;
  private static final int MOST_PRESERVED = 1 << 20;
  private static final int MOST_VECTORS = 1024;
  private static final String NAME = "(" + TargetPattern.COMPONENTS + ")/[A-Za-z0-9_.]{1,250}";

  private final JsonObjectReader members;

  public EditDescriptorReader(JsonObjectReader members) {
    this.members = members;
  }

  public EditDescriptor read(String id, String kind) throws PatchFormatException {
    return switch (kind) {
      case DeltaEdit.KIND -> new EditDescriptor.Deltas(members.objects("targets", this::target));
      case LowRankEdit.KIND ->
          new EditDescriptor.LowRanks(members.objects("targets", this::factors));
      case RowsEdit.KIND -> new EditDescriptor.RowTargets(members.objects("targets", this::rows));
      case ProjectorEdit.KIND -> projector();
      case ClosedFormEdit.KIND -> closedForm();
      case TokensEdit.KIND ->
          new EditDescriptor.Tokens(members.objects("tokens", this::token), width(members));
      default -> {
        if (members.tolerant()) {
          throw new PatchFormatException(
              PatchError.FEATURE, "edit " + id, "is of kind '" + kind + "': use a newer fmn");
        }
        throw members.wrong("kind", "'" + kind + "' is unknown");
      }
    };
  }

  private EditDescriptor.Target target(JsonObjectReader m) throws PatchFormatException {
    String target = m.text("target", NAME);
    List<Long> shape = shape(m);
    Optional<Double> scale = Optional.empty();
    if (m.has("scale", MinorVersion.WITH_ROWS)) {
      scale = Optional.of(m.number("scale"));
      if (scale.get() <= 0) {
        throw m.wrong("scale", scale.get() + " is not above 0");
      }
    }
    return new EditDescriptor.Target(target, shape, m.number("norm"), scale);
  }

  private EditDescriptor.RowTarget rows(JsonObjectReader m) throws PatchFormatException {
    String target = m.text("target", NAME);
    List<Long> shape = shape(m);
    if (shape.size() < 2 || shape.size() > SelectedRows.MAX_DIMENSIONS) {
      throw new PatchFormatException(
          PatchError.TENSOR_SHAPE,
          target,
          "has the shape " + shape + "; rows are those of 2 to 4 dimensions");
    }
    try {
      SelectedRows.width(shape.stream().mapToLong(Long::longValue).toArray());
    } catch (ArithmeticException e) {
      throw new PatchFormatException(
          PatchError.TENSOR_SHAPE, target, "has the shape " + shape + ", larger than any file");
    }
    int count = (int) m.integer("rows", 1, Math.max(1, shape.get(0)));
    return new EditDescriptor.RowTarget(target, shape, count, m.number("norm"));
  }

  private static List<Long> shape(JsonObjectReader m) throws PatchFormatException {
    return m.integers("shape", 0, Integer.MAX_VALUE);
  }

  private static String label(JsonObjectReader m, String name) throws PatchFormatException {
    String label = m.text(name);
    if (label.isBlank()) {
      throw m.wrong(name, "is empty");
    }
    return label;
  }

  private EditDescriptor.Factors factors(JsonObjectReader m) throws PatchFormatException {
    String target = m.text("target", NAME);
    List<Long> shape = shape(m);
    if (shape.size() != 2 && shape.size() != 4) {
      throw new PatchFormatException(
          PatchError.TENSOR_SHAPE,
          target,
          "has the shape " + shape + "; factors make a matrix or a convolution");
    }
    long rank = m.integer("rank", Long.MIN_VALUE, Long.MAX_VALUE);
    double alpha = m.number("alpha");
    if (rank < 1 || rank > LowRank.MAX_RANK || alpha <= 0) {
      throw new PatchFormatException(
          PatchError.RANK_OR_ALPHA,
          target,
          "has rank "
              + rank
              + " and alpha "
              + alpha
              + "; a rank is 1 to "
              + LowRank.MAX_RANK
              + ", an alpha above 0");
    }
    return new EditDescriptor.Factors(target, shape, (int) rank, alpha, m.number("norm"));
  }

  private EditDescriptor.Projector projector() throws PatchFormatException {
    return new EditDescriptor.Projector(
        label(members, "concept"),
        (int) members.integer("directions", 1, ClosedFormEdit.MAX_COLUMNS),
        width(members),
        members.number("norm"),
        patterns());
  }

  private EditDescriptor.ClosedForm closedForm() throws PatchFormatException {
    List<EditDescriptor.Columns> concepts = members.objects("concepts", this::columns);
    if (concepts.stream().mapToLong(EditDescriptor.Columns::columns).sum()
        > ClosedFormEdit.MAX_COLUMNS) {
      throw members.wrong("concepts", "have more than " + ClosedFormEdit.MAX_COLUMNS + " columns");
    }
    return new EditDescriptor.ClosedForm(
        concepts,
        width(members),
        scale("lambda", Double.MIN_VALUE),
        scale("eraseScale", Double.MIN_VALUE),
        scale("preserveScale", 0),
        TextProjections.of(members.oneOf("sides", List.of("k", "v", "kv"))).orElseThrow(),
        patterns());
  }

  private double scale(String name, double min) throws PatchFormatException {
    double value = members.number(name);
    if (value < min) {
      throw members.wrong(name, value + " is too small");
    }
    return value;
  }

  private EditDescriptor.Columns columns(JsonObjectReader m) throws PatchFormatException {
    return new EditDescriptor.Columns(
        label(m, "label"),
        (int) m.integer("columns", 1, ClosedFormEdit.MAX_COLUMNS),
        (int) m.integer("preserved", 0, MOST_PRESERVED),
        m.number("norm"));
  }

  private EditDescriptor.Token token(JsonObjectReader m) throws PatchFormatException {
    return new EditDescriptor.Token(
        m.text("token", TokensEdit.NAME),
        (int) m.integer("vectors", 1, MOST_VECTORS),
        m.number("norm"));
  }

  private static int width(JsonObjectReader m) throws PatchFormatException {
    return (int) m.integer("width", 1, WIDEST);
  }

  private List<String> patterns() throws PatchFormatException {
    List<String> patterns = members.texts("patterns");
    for (String pattern : patterns) {
      if (!pattern.matches(TargetPattern.SYNTAX)) {
        throw members.wrong("patterns", "'" + pattern + "' is not a pattern of targets");
      }
    }
    return patterns;
  }
}
