package dev.forgetmenot.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The arrays of one reference file, on a manager of their own. They are read with DJL's own reader
 * and not with that of the project, so that the two check each other.
 */
public final class GoldenTensors implements AutoCloseable {
  private final NDManager manager = NDManager.newBaseManager();
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();

  /** Reads {@code golden/<name>} of a reference folder, or any safetensors file. */
  public GoldenTensors(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      for (NDArray array : NDList.decode(manager, in)) {
        arrays.put(array.getName(), array);
        array.setName(null);
      }
    }
  }

  /** Whether the file has an array of this name. */
  public boolean has(String name) {
    return arrays.containsKey(name);
  }

  /** The array of this name; closed with this object. */
  public NDArray get(String name) {
    NDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no array " + name + " in " + arrays.keySet());
    }
    return array;
  }

  /** The names of all arrays. */
  public Set<String> names() {
    return arrays.keySet();
  }

  /** Its values. */
  public float[] floats(String name) {
    return get(name).toFloatArray();
  }

  /** The manager of the arrays, for more of them. */
  public NDManager manager() {
    return manager;
  }

  @Override
  public void close() {
    manager.close();
  }
}
