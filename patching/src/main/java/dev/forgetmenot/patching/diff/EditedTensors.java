package dev.forgetmenot.patching.diff;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.StoredBytes;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** Tensors that stand in the place of a base's. May be used by several threads at once. */
public interface EditedTensors {
  /** Full names: component, slash, canonical parameter name. */
  Set<String> targets();

  /** The stored type. */
  DType dtype(String target);

  /** The shape. */
  long[] shape(String target);

  /** The stored bytes, read where they are asked for. */
  StoredBytes stored(String target) throws IOException;

  /** All tensors of a model. */
  static EditedTensors ofModel(BaseTensors model, Iterable<String> components) {
    Set<String> targets = new TreeSet<>();
    for (String component : components) {
      model.names(component).forEach(name -> targets.add(component + "/" + name));
    }
    return new EditedTensors() {
      @Override
      public Set<String> targets() {
        return targets;
      }

      @Override
      public DType dtype(String target) {
        return model.dtype(TensorName.component(target), TensorName.name(target));
      }

      @Override
      public long[] shape(String target) {
        return model.shape(TensorName.component(target), TensorName.name(target));
      }

      @Override
      public StoredBytes stored(String target) throws IOException {
        return model.stored(TensorName.component(target), TensorName.name(target));
      }
    };
  }
}
