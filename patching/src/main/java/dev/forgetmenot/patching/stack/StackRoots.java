package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What names the tensors that a stack touches, before and after, see {@link BaseIdentity}.
 *
 * @param tensors the base
 * @param targets full names of what is touched
 */
public record StackRoots(BaseTensors tensors, Collection<String> targets) {
  /** Where the values of a weight come from. */
  @FunctionalInterface
  public interface Values {
    /** The values, row-major. */
    float[] of(String target) throws IOException;
  }

  /** The leaf of a weight as FLOAT32, hex. */
  public String leaf(String target, float[] values) {
    String component = TensorName.component(target);
    String name = target.substring(component.length() + 1);
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return BaseIdentity.leaf(name, DType.F32, tensors.shape(component, name), bytes);
  }

  /** By component: the root over values of every target as FLOAT32. */
  public Map<String, String> of(Values values) throws IOException {
    Map<String, Map<String, String>> leaves = new TreeMap<>();
    for (String target : targets) {
      String component = TensorName.component(target);
      leaves
          .computeIfAbsent(component, c -> new TreeMap<>())
          .put(target.substring(component.length() + 1), leaf(target, values.of(target)));
    }
    Map<String, String> roots = new TreeMap<>();
    leaves.forEach((component, of) -> roots.put(component, BaseIdentity.root(of)));
    return roots;
  }

  /** By component: the roots over the base's tensors, as a manifest has them, without leaves. */
  public Map<String, Manifest.Component> base() throws IOException {
    Map<String, TreeSet<String>> names = new TreeMap<>();
    for (String target : targets) {
      names
          .computeIfAbsent(TensorName.component(target), c -> new TreeSet<>())
          .add(TensorName.name(target));
    }
    Map<String, Manifest.Component> components = new TreeMap<>();
    for (Map.Entry<String, TreeSet<String>> entry : names.entrySet()) {
      components.put(
          entry.getKey(),
          new Manifest.Component(
              tensors.root(entry.getKey(), entry.getValue()),
              tensors.halfRoot(entry.getKey(), entry.getValue()),
              entry.getValue().size(),
              Map.of()));
    }
    return components;
  }
}
