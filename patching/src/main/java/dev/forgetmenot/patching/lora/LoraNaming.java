package dev.forgetmenot.patching.lora;

import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorPayload;
import java.util.Locale;
import java.util.Map;

/** In whose names a LoRA is written. */
public enum LoraNaming {
  /** sd-scripts': read by A1111, ComfyUI and diffusers. */
  KOHYA {
    @Override
    void add(SafetensorsWriter writer, LoraKeyMapping.Module module, LowRank product, boolean two) {
      String name = LoraKeyMapping.kohya(module, two);
      writer.add(
          name + ".lora_down.weight",
          DType.F32,
          LowRank.downShape(product.shape(), product.rank()),
          product.down());
      writer.add(
          name + ".lora_up.weight",
          DType.F32,
          LowRank.upShape(product.shape(), product.rank()),
          product.up());
      float[] alpha = {(float) product.alpha()};
      writer.add(name + ".alpha", DType.F32, new long[0], alpha);
    }
  },
  /**
   * Those of diffusers since it uses the PEFT library: read by diffusers and ComfyUI. The scale is
   * in the factors, since loaders differ in where they look for it.
   */
  DIFFUSERS {
    @Override
    void add(SafetensorsWriter writer, LoraKeyMapping.Module module, LowRank product, boolean two) {
      String name = module.component() + "." + module.name();
      float[] up = product.up().clone();
      double scale = product.alpha() / product.rank();
      for (int i = 0; i < up.length; i++) {
        up[i] = (float) (scale * up[i]);
      }
      writer.add(
          name + ".lora_A.weight",
          DType.F32,
          LowRank.downShape(product.shape(), product.rank()),
          product.down());
      writer.add(
          name + ".lora_B.weight", DType.F32, LowRank.upShape(product.shape(), product.rank()), up);
    }
  };

  /** The word of options. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The same for a model with one text encoder. */
  public SafetensorsWriter writer(Map<String, LowRank> products, Map<String, Delta> deltas) {
    return writer(products, deltas, false);
  }

  /**
   * A writer that holds everything, without metadata.
   *
   * @param products by target
   * @param deltas by target; only sd-scripts' names have a form for them
   * @param two whether the model has two text encoders
   * @throws IllegalArgumentException if there are deltas and the names have no form for them
   */
  public SafetensorsWriter writer(
      Map<String, LowRank> products, Map<String, Delta> deltas, boolean two) {
    if (this != KOHYA && !deltas.isEmpty()) {
      throw new IllegalArgumentException(
          "only kohya's names have a form for changes in full (--names kohya): "
              + deltas.keySet().iterator().next());
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    products.forEach((target, product) -> add(writer, module(target), product, two));
    deltas.forEach(
        (target, delta) -> {
          String ending = target.endsWith(".bias") ? ".diff_b" : ".diff";
          String name = LoraKeyMapping.kohya(module(target), two) + ending;
          writer.add(name, DType.F32, delta.shape(), values(delta));
        });
    return writer;
  }

  /** Made when they are written, one tensor at a time. */
  private static TensorPayload values(Delta delta) {
    return channel -> {
      float[] values = delta.values();
      TensorPayload.ofElements(
              values.length, Float.BYTES, (buffer, i) -> buffer.putFloat(values[i]))
          .writeTo(channel);
    };
  }

  abstract void add(
      SafetensorsWriter writer, LoraKeyMapping.Module module, LowRank product, boolean two);

  private static LoraKeyMapping.Module module(String target) {
    String name = TensorName.name(target.substring(0, target.lastIndexOf('.')));
    return new LoraKeyMapping.Module(TensorName.component(target), name);
  }
}
