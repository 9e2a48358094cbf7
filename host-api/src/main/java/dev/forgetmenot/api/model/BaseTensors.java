package dev.forgetmenot.api.model;

import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/** The stored tensors of the base as its files hold them, under canonical names; for identities. */
public interface BaseTensors {
  /** Canonical names without the component, such as {@code conv_in.weight}. */
  Set<String> names(String component);

  /** The stored type. */
  DType dtype(String component, String name);

  /** The canonical shape. */
  long[] shape(String component, String name);

  /** The stored little-endian bytes, mapped, read-only. */
  ByteBuffer bytes(String component, String name) throws IOException;

  /** The leaf of a stored tensor, hex; see {@link BaseIdentity#leaf}. */
  default String leaf(String component, String name) throws IOException {
    return BaseIdentity.leaf(
        name, dtype(component, name), shape(component, name), bytes(component, name));
  }

  /** The leaf over the values rounded to half, hex; see {@link BaseIdentity#halfLeaf}. */
  default String halfLeaf(String component, String name) throws IOException {
    return BaseIdentity.halfLeaf(
        name, dtype(component, name), shape(component, name), bytes(component, name));
  }

  /** The file of the component, for messages. */
  String source(String component);
}
