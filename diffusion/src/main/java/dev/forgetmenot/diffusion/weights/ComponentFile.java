package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.EngineTypes;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The stored tensors of a component under their canonical names. */
final class ComponentFile implements AutoCloseable {
  private static final int SHOWN = 5;

  private final Path folder;
  private final ShardedSafetensors files;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  private ComponentFile(Path folder, String component, ShardedSafetensors files) {
    this.folder = folder;
    this.files = files;
    for (TensorInfo tensor : files.tensors().values()) {
      StoredNames.canonical(component, tensor.name()).ifPresent(name -> tensors.put(name, tensor));
    }
  }

  static ComponentFile open(Path folder, String component) throws IOException {
    String base =
        component.equals("unet") || component.equals("vae") ? "diffusion_pytorch_model" : "model";
    return new ComponentFile(
        folder, component, ShardedSafetensors.open(folder, base, SafetensorsLimits.MODEL));
  }

  /** Compares names and shapes with what the architecture asks for. */
  void check(Map<String, Shape> expected) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Shape> entry : expected.entrySet()) {
      TensorInfo tensor = tensors.get(entry.getKey());
      if (tensor == null) {
        problems.add(entry.getKey() + " is missing");
      } else if (!fits(tensor, entry.getValue())) {
        problems.add(
            entry.getKey()
                + " has the shape "
                + new Shape(tensor.shape())
                + " instead of "
                + entry.getValue());
      }
    }
    for (String name : tensors.keySet()) {
      if (!expected.containsKey(name)) {
        problems.add(name + " is not part of the architecture");
      }
    }
    if (!problems.isEmpty()) {
      String more = problems.size() > SHOWN ? ", and " + (problems.size() - SHOWN) + " more" : "";
      throw new IOException(
          where()
              + " does not fit the config.json beside it: "
              + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
              + more
              + ". The folder may be of another kind of model, or its files of different models");
    }
  }

  private String where() {
    return files.files().size() == 1
        ? files.files().iterator().next().where()
        : folder + " (" + files.files().size() + " files)";
  }

  /**
   * The same shape, where an older folder may have stored a linear layer as a 1 × 1 convolution.
   */
  private static boolean fits(TensorInfo tensor, Shape expected) {
    Shape stored = new Shape(tensor.shape());
    boolean pointwise =
        expected.dimension() == 2
            && stored.dimension() == 4
            && stored.get(2) == 1
            && stored.get(3) == 1;
    return (pointwise ? stored.slice(0, 2) : stored).equals(expected);
  }

  /**
   * The values of a tensor as FLOAT32 in the engine's own memory. (A private map would save the
   * copy, but Java makes one only of a file that is open for writing, and a read-only one ends the
   * process when it is written to.)
   */
  NDArray load(NDManager manager, String name, Shape shape) throws IOException {
    TensorInfo tensor = tensors.get(name);
    if (tensor.dtype() == DType.F32 || tensor.dtype() == DType.F16) {
      boolean half = tensor.dtype() == DType.F16;
      DataType type = half ? DataType.FLOAT16 : DataType.FLOAT32;
      try (NDArray mapped =
          manager.create(files.bytes(tensor.name()), shape, EngineTypes.require(type))) {
        return half ? mapped.toType(DataType.FLOAT32, true) : mapped.duplicate();
      }
    }
    try (NDArray widened = manager.create(files.floats(tensor.name()), shape)) {
      return widened.duplicate();
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
