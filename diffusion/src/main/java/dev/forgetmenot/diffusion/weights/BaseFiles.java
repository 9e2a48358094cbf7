package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The stored tensors of a model's components, under canonical names, open as long as the model is.
 * They are mapped when they are looked at. {@link #close} closes the files.
 */
public final class BaseFiles implements BaseTensors, AutoCloseable {
  private record Component(
      ShardedSafetensors files, Map<String, Shape> shapes, Map<String, String> stored) {}

  private final Map<String, Component> components = new LinkedHashMap<>();
  // A large text encoder takes a second to digest, and every patch that speaks of its embeddings
  // asks for it.
  private final Map<String, String> leaves = new ConcurrentHashMap<>();
  private final Map<String, String> halfLeaves = new ConcurrentHashMap<>();

  /**
   * Opens the files of a component.
   *
   * @param folder the component's folder
   * @param component {@code unet}, {@code vae} or {@code text_encoder}
   * @param shapes the canonical names and shapes of the architecture
   */
  public void open(Path folder, String component, Map<String, Shape> shapes) throws IOException {
    String base = component.equals("text_encoder") ? "model" : "diffusion_pytorch_model";
    ShardedSafetensors files = ShardedSafetensors.open(folder, base, SafetensorsLimits.MODEL);
    Map<String, String> stored = new LinkedHashMap<>();
    for (String name : files.tensors().keySet()) {
      StoredNames.canonical(component, name).ifPresent(canonical -> stored.put(canonical, name));
    }
    components.put(component, new Component(files, shapes, stored));
  }

  @Override
  public Set<String> names(String component) {
    return component(component).shapes().keySet();
  }

  @Override
  public DType dtype(String component, String name) {
    return component(component).files().tensors().get(stored(component, name)).dtype();
  }

  @Override
  public long[] shape(String component, String name) {
    stored(component, name);
    return component(component).shapes().get(name).getShape().clone();
  }

  @Override
  public ByteBuffer bytes(String component, String name) throws IOException {
    return component(component).files().bytes(stored(component, name));
  }

  @Override
  public String leaf(String component, String name) throws IOException {
    String key = component + "/" + name;
    String leaf = leaves.get(key);
    if (leaf == null) {
      leaf = BaseTensors.super.leaf(component, name);
      leaves.put(key, leaf);
    }
    return leaf;
  }

  @Override
  public String halfLeaf(String component, String name) throws IOException {
    String key = component + "/" + name;
    String leaf = halfLeaves.get(key);
    if (leaf == null) {
      leaf = BaseTensors.super.halfLeaf(component, name);
      halfLeaves.put(key, leaf);
    }
    return leaf;
  }

  @Override
  public float[] floats(String component, String name) throws IOException {
    return component(component).files().floats(stored(component, name));
  }

  @Override
  public String source(String component) {
    return component(component).files().files().iterator().next().where();
  }

  private Component component(String name) {
    Component component = components.get(name);
    if (component == null) {
      throw new IllegalArgumentException(
          "there is no component " + name + "; there are " + components.keySet());
    }
    return component;
  }

  private String stored(String component, String name) {
    Map<String, String> stored = component(component).stored();
    String found = stored.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          component
              + " has no tensor "
              + name
              + "; near ones: "
              + NearNames.of(name, stored.keySet()));
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    for (Component component : components.values()) {
      component.files().close();
    }
  }
}
