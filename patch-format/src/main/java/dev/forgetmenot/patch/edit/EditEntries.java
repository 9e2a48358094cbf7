package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Turns the edits of a draft into entries of the archive and what the manifest says of them. */
public final class EditEntries {
  private static final int ALIGNMENT = 64;
  private static final String TEXT_ENCODER = "text_encoder";

  /**
   * One edit of the manifest and what makes the bytes of its entry.
   *
   * @param entry its path in the archive
   * @param content what the manifest says; known after the tensors were written once
   */
  public record Part(
      String id,
      String component,
      String entry,
      Supplier<EditDescriptor> content,
      SafetensorsWriter tensors) {}

  /** One edit before it has a name. */
  private record Unnamed(
      String kind, String component, Supplier<EditDescriptor> content, SafetensorsWriter tensors) {
    Unnamed(String component, EditDescriptor content, SafetensorsWriter tensors) {
      this(content.kind(), component, () -> content, tensors);
    }
  }

  private static final PatchEdit.Visitor<List<Unnamed>, RuntimeException> UNNAMED =
      new PatchEdit.Visitor<>() {
        @Override
        public List<Unnamed> visit(DeltaEdit edit) {
          return byComponent(edit.deltas(), EditEntries::deltas);
        }

        @Override
        public List<Unnamed> visit(LowRankEdit edit) {
          return byComponent(edit.factors(), EditEntries::lowRanks);
        }

        @Override
        public List<Unnamed> visit(RowsEdit edit) {
          return byComponent(edit.rows(), EditEntries::rows);
        }

        @Override
        public List<Unnamed> visit(ProjectorEdit edit) {
          return List.of(projector(edit));
        }

        @Override
        public List<Unnamed> visit(ClosedFormEdit edit) {
          return List.of(closedForm(edit));
        }

        @Override
        public List<Unnamed> visit(TokensEdit edit) {
          return List.of(tokens(edit));
        }
      };

  private EditEntries() {}

  /** The parts, in the order of the draft; what changes several components is split by them. */
  public static List<Part> of(List<PatchEdit> edits) {
    List<Unnamed> unnamed = new ArrayList<>();
    edits.forEach(edit -> unnamed.addAll(edit.accept(UNNAMED)));
    Map<String, Long> ofKind =
        unnamed.stream().collect(Collectors.groupingBy(Unnamed::kind, Collectors.counting()));
    Map<String, Integer> seen = new HashMap<>();
    List<Part> parts = new ArrayList<>();
    for (Unnamed one : unnamed) {
      String kind = one.kind();
      String id = kind + "-" + one.component();
      int number = seen.merge(id, 1, Integer::sum);
      String again = number == 1 ? "" : "-" + number;
      String part = ofKind.get(kind) == 1 ? "" : "-" + one.component().replace('_', '-') + again;
      String entry = "tensors/" + kind + part + ".safetensors";
      parts.add(new Part(id + again, one.component(), entry, one.content(), one.tensors()));
    }
    return parts;
  }

  private static <T> List<Unnamed> byComponent(
      Map<String, T> targets, BiFunction<String, Map<String, T>, Unnamed> entry) {
    Map<String, Map<String, T>> components = new TreeMap<>();
    targets.forEach(
        (name, value) -> {
          if (name.indexOf('/') < 1) {
            throw new IllegalArgumentException(
                "expected a target such as unet/conv_in.weight, found " + name);
          }
          components
              .computeIfAbsent(name.substring(0, name.indexOf('/')), c -> new TreeMap<>())
              .put(name, value);
        });
    List<Unnamed> parts = new ArrayList<>();
    components.forEach((component, part) -> parts.add(entry.apply(component, part)));
    return parts;
  }

  private static SafetensorsWriter writer() {
    return new SafetensorsWriter().alignData(ALIGNMENT);
  }

  private static Unnamed deltas(String component, Map<String, Delta> deltas) {
    SafetensorsWriter tensors = writer();
    List<StoredDelta> stored = new ArrayList<>();
    deltas.forEach(
        (name, delta) -> {
          StoredDelta one = new StoredDelta(name, delta);
          stored.add(one);
          tensors.add(name + DeclaredTensor.DELTA, one.dtype(), delta.shape(), one);
        });
    return new Unnamed(
        DeltaEdit.KIND,
        component,
        () -> new EditDescriptor.Deltas(stored.stream().map(StoredDelta::described).toList()),
        tensors);
  }

  private static Unnamed rows(String component, Map<String, SelectedRows> rows) {
    SafetensorsWriter tensors = writer();
    List<EditDescriptor.RowTarget> targets = new ArrayList<>();
    rows.forEach(
        (name, selected) -> {
          Rows values = selected.rows();
          targets.add(
              new EditDescriptor.RowTarget(
                  name, list(selected.shape()), values.count(), values.norm()));
          add(tensors, name + DeclaredTensor.ROWS, values);
          tensors.add(name + DeclaredTensor.INDEX, new long[] {values.count()}, selected.index());
        });
    return new Unnamed(component, new EditDescriptor.RowTargets(targets), tensors);
  }

  private static Unnamed lowRanks(String component, Map<String, LowRank> factors) {
    SafetensorsWriter tensors = writer();
    List<EditDescriptor.Factors> targets = new ArrayList<>();
    factors.forEach(
        (name, f) -> {
          List<Long> shape = list(f.shape());
          targets.add(new EditDescriptor.Factors(name, shape, f.rank(), f.alpha(), f.norm()));
          List<Long> down = DeclaredTensor.down(shape, f.rank());
          List<Long> up = DeclaredTensor.up(shape, f.rank());
          tensors.add(name + DeclaredTensor.DOWN, DType.F32, array(down), f.down());
          tensors.add(name + DeclaredTensor.UP, DType.F32, array(up), f.up());
        });
    return new Unnamed(component, new EditDescriptor.LowRanks(targets), tensors);
  }

  private static Unnamed projector(ProjectorEdit edit) {
    Rows left = edit.left();
    SafetensorsWriter tensors = writer();
    add(tensors, edit.concept() + DeclaredTensor.LEFT, left);
    add(tensors, edit.concept() + DeclaredTensor.RIGHT, edit.right());
    // The norm of leftᵀ·right is that of the product of rank k with up = leftᵀ.
    float[] up = new float[left.values().length];
    for (int i = 0; i < left.count(); i++) {
      for (int j = 0; j < left.width(); j++) {
        up[j * left.count() + i] = left.values()[i * left.width() + j];
      }
    }
    long[] square = {left.width(), left.width()};
    double norm = new LowRank(square, left.count(), left.count(), edit.right().values(), up).norm();
    return new Unnamed(
        component(edit.targets()),
        new EditDescriptor.Projector(
            edit.concept(), left.count(), left.width(), norm, edit.targets()),
        tensors);
  }

  private static Unnamed closedForm(ClosedFormEdit edit) {
    SafetensorsWriter tensors = writer();
    List<EditDescriptor.Columns> concepts = new ArrayList<>();
    for (ClosedFormEdit.Concept concept : edit.concepts()) {
      String label = concept.label();
      add(tensors, label + DeclaredTensor.TARGET, concept.target());
      add(tensors, label + DeclaredTensor.GUIDE, concept.guide());
      concept.preserve().ifPresent(rows -> add(tensors, label + DeclaredTensor.PRESERVE, rows));
      int preserved = concept.preserve().map(Rows::count).orElse(0);
      concepts.add(
          new EditDescriptor.Columns(
              label, concept.target().count(), preserved, concept.distance()));
    }
    return new Unnamed(
        component(edit.targets()),
        new EditDescriptor.ClosedForm(
            concepts,
            edit.width(),
            edit.lambda(),
            edit.eraseScale(),
            edit.preserveScale(),
            edit.sides(),
            edit.targets()),
        tensors);
  }

  private static Unnamed tokens(TokensEdit edit) {
    SafetensorsWriter tensors = writer();
    List<EditDescriptor.Token> tokens = new ArrayList<>();
    edit.tokens()
        .forEach(
            (token, rows) -> {
              tokens.add(new EditDescriptor.Token(token, rows.count(), rows.norm()));
              add(tensors, token + DeclaredTensor.EMBEDDING, rows);
            });
    return new Unnamed(TEXT_ENCODER, new EditDescriptor.Tokens(tokens, edit.width()), tensors);
  }

  private static String component(List<String> targets) {
    TreeSet<String> components = new TreeSet<>();
    targets.forEach(target -> components.add(new TargetPattern(target).component()));
    if (components.size() > 1) {
      throw new IllegalArgumentException(
          "one edit changes one component, and " + targets + " are of " + components);
    }
    return components.first();
  }

  private static void add(SafetensorsWriter tensors, String name, Rows rows) {
    tensors.add(name, DType.F32, new long[] {rows.count(), rows.width()}, rows.values());
  }

  private static List<Long> list(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  private static long[] array(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
