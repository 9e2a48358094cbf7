package dev.forgetmenot.api.model;

import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.safetensors.StoredFloats;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The stored tensors of the base as its files hold them, under canonical names; for identities. */
public interface BaseTensors {
  /** The components that have tensors, in the order in which they are looked at. */
  default Set<String> components() {
    return Collections.unmodifiableSet(new LinkedHashSet<>(List.of("unet", "text_encoder", "vae")));
  }

  /** Canonical names without the component, such as {@code conv_in.weight}. */
  Set<String> names(String component);

  /** The stored type. */
  DType dtype(String component, String name);

  /** The canonical shape. */
  long[] shape(String component, String name);

  /** The stored little-endian bytes, read-only; {@link #stored} needs no memory for them. */
  ByteBuffer bytes(String component, String name) throws IOException;

  /**
   * The stored bytes, read where they are asked for, as long as the base is open.
   *
   * @throws IllegalArgumentException if the component has no such tensor
   */
  default StoredBytes stored(String component, String name) throws IOException {
    return StoredBytes.of(bytes(component, name));
  }

  /**
   * The stored values, row-major, decoded where they are asked for, as long as the base is open.
   *
   * @throws IllegalArgumentException if the component has no such tensor
   */
  default StoredFloats values(String component, String name) throws IOException {
    long size = TensorInfo.elements(shape(component, name));
    return new StoredFloats(stored(component, name), dtype(component, name), Math.toIntExact(size));
  }

  /**
   * The stored values, row-major, widened to float.
   *
   * @throws IllegalArgumentException if the component has no such tensor; the message names near
   *     ones
   */
  float[] floats(String component, String name) throws IOException;

  /** The leaf of a stored tensor, hex; see {@link BaseIdentity#leaf}. */
  default String leaf(String component, String name) throws IOException {
    return BaseIdentity.leaf(
        name, dtype(component, name), shape(component, name), stored(component, name));
  }

  /** The leaf over the values rounded to half, hex; see {@link BaseIdentity#halfLeaf}. */
  default String halfLeaf(String component, String name) throws IOException {
    return BaseIdentity.halfLeaf(
        name, dtype(component, name), shape(component, name), stored(component, name));
  }

  /** The root over the stored bytes of tensors of a component, hex. */
  default String root(String component, Collection<String> names) throws IOException {
    Map<String, String> leaves = new TreeMap<>();
    for (String name : names) {
      leaves.put(name, leaf(component, name));
    }
    return BaseIdentity.root(leaves);
  }

  /** The root over the values of tensors of a component, rounded to half, hex. */
  default String halfRoot(String component, Collection<String> names) throws IOException {
    Map<String, String> leaves = new TreeMap<>();
    for (String name : names) {
      leaves.put(name, halfLeaf(component, name));
    }
    return BaseIdentity.root(leaves);
  }

  /** The file of the component, for messages. */
  String source(String component);
}
