package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One concept of a {@link ClosedFormEdit}.
 *
 * @param label its name, not empty
 * @param target (n, d), the text-embedding rows that stand for it
 * @param guide (n, d), what each of them becomes
 * @param preserve (m, d), rows that must stay
 */
public record ErasedConcept(String label, Rows target, Rows guide, Optional<Rows> preserve) {
  private static final String TARGET = ".target";
  private static final String GUIDE = ".guide";
  private static final String PRESERVE = ".preserve";
  private static final int MOST_PRESERVED = 1 << 20;

  /** Checks that the rows go together. */
  public ErasedConcept {
    if (label.isBlank()) {
      throw new IllegalArgumentException("expected a label, found an empty one");
    }
    if (target.count() != guide.count()
        || target.width() != guide.width()
        || preserve.map(Rows::width).orElse(target.width()) != target.width()) {
      throw new IllegalArgumentException(
          label + ": targets and guides must agree in shape, preserved rows in width");
    }
  }

  /** The Frobenius norm of guides minus targets. */
  public double distance() {
    double square = 0;
    for (int i = 0; i < target.values().length; i++) {
      double difference = (double) guide.values()[i] - target.values()[i];
      square += difference * difference;
    }
    return Math.sqrt(square);
  }

  Descriptor addTo(SafetensorsWriter tensors) {
    target.addTo(tensors, label + TARGET);
    guide.addTo(tensors, label + GUIDE);
    preserve.ifPresent(rows -> rows.addTo(tensors, label + PRESERVE));
    return new Descriptor(label, target.count(), preserve.map(Rows::count).orElse(0), distance());
  }

  /**
   * What a manifest says of it.
   *
   * @param label its name
   * @param columns target rows, and guides
   * @param preserved rows that must stay, may be 0
   * @param norm Frobenius norm of guides minus targets
   */
  public record Descriptor(String label, int columns, int preserved, double norm) {
    static Descriptor read(JsonObjectReader m) throws PatchFormatException {
      return new Descriptor(
          m.label("label"),
          (int) m.integer("columns", 1, ClosedFormEdit.MAX_COLUMNS),
          (int) m.integer("preserved", 0, MOST_PRESERVED),
          m.number("norm"));
    }

    List<DeclaredTensor> tensors(int width) {
      List<DeclaredTensor> tensors = new ArrayList<>();
      tensors.add(new DeclaredTensor(label + TARGET, columns, width));
      tensors.add(new DeclaredTensor(label + GUIDE, columns, width));
      if (preserved > 0) {
        tensors.add(new DeclaredTensor(label + PRESERVE, preserved, width));
      }
      return tensors;
    }

    ErasedConcept concept(EditTensors tensors) throws IOException {
      return new ErasedConcept(
          label,
          tensors.rows(label + TARGET),
          tensors.rows(label + GUIDE),
          preserved == 0 ? Optional.empty() : Optional.of(tensors.rows(label + PRESERVE)));
    }
  }
}
