package dev.forgetmenot.plugin.patching;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Copies of a model folder with the weights of all components in another type. */
final class ModelCopies {
  private static final Map<String, String> FILES =
      Map.of(
          "unet",
          "diffusion_pytorch_model",
          "vae",
          "diffusion_pytorch_model",
          "text_encoder",
          "model");

  private ModelCopies() {}

  /** Writes a copy into a folder that does not exist yet. */
  static Path of(Path model, Path copy, DType type) throws IOException {
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(model)) {
      entries = walk.sorted().toList();
    }
    for (Path entry : entries) {
      Path target = copy.resolve(model.relativize(entry).toString());
      if (Files.isDirectory(entry)) {
        Files.createDirectories(target);
      } else if (!entry.toString().endsWith(".safetensors")) {
        Files.copy(entry, target);
      }
    }
    for (Map.Entry<String, String> component : FILES.entrySet()) {
      SafetensorsWriter writer = new SafetensorsWriter();
      Path folder = model.resolve(component.getKey());
      try (ShardedSafetensors files =
          ShardedSafetensors.open(folder, component.getValue(), SafetensorsLimits.MODEL)) {
        for (TensorInfo tensor : files.tensors().values()) {
          if (tensor.dtype() == DType.I64) {
            continue; // position ids, which no model needs
          }
          writer.add(tensor.name(), type, tensor.shape(), files.floats(tensor.name()));
        }
        writer.write(
            copy.resolve(component.getKey()).resolve(component.getValue() + ".safetensors"));
      }
    }
    return copy;
  }
}
