package dev.forgetmenot.diffusion.weights;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.StoredBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The stored tensors of a model's components, under canonical names, open as long as the model is.
 * They are read when they are looked at. May be used by several threads at once. {@link #close}
 * closes the files.
 */
public final class BaseFiles implements BaseTensors, AutoCloseable {
  private final Map<String, ComponentTensors> components;
  // A large text encoder takes a second to digest, and every patch of its text embeddings
  // asks for it.
  private final Map<String, String> leaves = new ConcurrentHashMap<>();
  private final Map<String, String> halfLeaves = new ConcurrentHashMap<>();

  /**
   * Takes over open components.
   *
   * @param components by name, in the order in which they are looked at; checked against their
   *     architectures
   */
  public BaseFiles(Map<String, ComponentTensors> components) {
    this.components = new LinkedHashMap<>(components);
  }

  @Override
  public Set<String> components() {
    return Collections.unmodifiableSet(components.keySet());
  }

  @Override
  public Set<String> names(String component) {
    return component(component).tensors().keySet();
  }

  @Override
  public DType dtype(String component, String name) {
    return tensor(component, name).dtype();
  }

  @Override
  public long[] shape(String component, String name) {
    return tensor(component, name).shape().clone();
  }

  @Override
  public ByteBuffer bytes(String component, String name) throws IOException {
    StoredTensor tensor = tensor(component, name);
    component(component).requireUnchanged(tensor.file());
    return tensor.bytes();
  }

  @Override
  public StoredBytes stored(String component, String name) throws IOException {
    StoredTensor tensor = tensor(component, name);
    component(component).requireUnchanged(tensor.file());
    return tensor::read;
  }

  @Override
  public String leaf(String component, String name) throws IOException {
    return cached(leaves, component, name, BaseTensors.super::leaf);
  }

  @Override
  public String halfLeaf(String component, String name) throws IOException {
    return cached(halfLeaves, component, name, BaseTensors.super::halfLeaf);
  }

  @Override
  public String root(String component, Collection<String> names) throws IOException {
    together(component, names, this::leaf);
    return BaseTensors.super.root(component, names);
  }

  @Override
  public String halfRoot(String component, Collection<String> names) throws IOException {
    together(component, names, this::halfLeaf);
    return BaseTensors.super.halfRoot(component, names);
  }

  /** Digests tensors on all cores; the results are kept. */
  private static void together(String component, Collection<String> names, Leaf leaf)
      throws IOException {
    try {
      names.parallelStream()
          .forEach(
              name -> {
                try {
                  leaf.of(component, name);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @FunctionalInterface
  private interface Leaf {
    String of(String component, String name) throws IOException;
  }

  private String cached(Map<String, String> cache, String component, String name, Leaf compute)
      throws IOException {
    String key = component + "/" + name;
    String leaf = cache.get(key);
    if (leaf == null) {
      // What is stored in half precision is its own rounding.
      leaf =
          cache == halfLeaves && dtype(component, name) == DType.F16
              ? leaf(component, name)
              : compute.of(component, name);
    }
    component(component)
        .requireUnchanged(tensor(component, name).file()); // a change meanwhile counts too
    cache.put(key, leaf);
    return leaf;
  }

  @Override
  public float[] floats(String component, String name) throws IOException {
    StoredTensor tensor = tensor(component, name);
    component(component).requireUnchanged(tensor.file());
    return tensor.floats();
  }

  @Override
  public String source(String component) {
    return component(component).files().iterator().next().where();
  }

  /** The components by name. */
  public Map<String, ComponentTensors> byComponent() {
    return Collections.unmodifiableMap(components);
  }

  private ComponentTensors component(String name) {
    ComponentTensors component = components.get(name);
    if (component == null) {
      throw new IllegalArgumentException(
          "there is no component " + name + "; there are " + components.keySet());
    }
    return component;
  }

  private StoredTensor tensor(String component, String name) {
    Map<String, StoredTensor> tensors = component(component).tensors();
    StoredTensor found = tensors.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          Message.of(
              "%s has no tensor %s; near ones: %s",
              component, name, Suggestions.of(name, tensors.keySet())));
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    Closing.all(components.values());
  }
}
