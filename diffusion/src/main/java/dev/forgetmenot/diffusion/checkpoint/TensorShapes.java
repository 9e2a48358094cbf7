package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The names and shapes of a checkpoint's tensors below a prefix, which tell its architecture.
 *
 * @param where the checkpoint, for messages
 * @param prefix what all names asked for begin with
 * @param tensors all tensors of the checkpoint
 */
record TensorShapes(String where, String prefix, NavigableMap<String, TensorInfo> tensors) {
  static TensorShapes of(String where, Map<String, TensorInfo> tensors) {
    return new TensorShapes(where, "", new TreeMap<>(tensors));
  }

  /** The same checkpoint below a longer prefix. */
  TensorShapes in(String more) {
    return new TensorShapes(where, prefix + more, tensors);
  }

  boolean has(String name) {
    return tensors.containsKey(prefix + name);
  }

  /** Whether some name begins so. */
  boolean hasAny(String start) {
    String key = tensors.ceilingKey(prefix + start);
    return key != null && key.startsWith(prefix + start);
  }

  /** How many of {@code start + 0 + "."}, {@code start + 1 + "."} and so on there are. */
  int count(String start) {
    int count = 0;
    while (hasAny(start + count + ".")) {
      count++;
    }
    return count;
  }

  /** Number of dimensions. */
  int rank(String name) throws IOException {
    return find(name).rank();
  }

  /** The length of a side, from 0 for the outermost. */
  int side(String name, int dimension) throws IOException {
    TensorInfo tensor = find(name);
    if (dimension >= tensor.rank()) {
      throw new IOException(
          where + ": " + prefix + name + " has " + tensor.rank() + " dimensions only");
    }
    return Math.toIntExact(tensor.shape()[dimension]);
  }

  /** All names, with their prefix. */
  Set<String> names() {
    return tensors.tailMap(prefix, true).headMap(prefix + Character.MAX_VALUE, false).keySet();
  }

  private TensorInfo find(String name) throws IOException {
    TensorInfo tensor = tensors.get(prefix + name);
    if (tensor == null) {
      throw new IOException(
          Message.of(
              "%s lacks the tensor %s%s: it is not a whole Stable Diffusion, or the download is not"
                  + " complete",
              where, prefix, name));
    }
    return tensor;
  }

  /** Something that the tensors do not say and that is not as in the published models. */
  IOException unknown(String what, String file) {
    return new IOException(
        Message.of(
            "%s: %s cannot be told from the tensors; put %s of the model's diffusers folder into"
                + " %s/%s",
            where, what, file, CheckpointConfig.folderOf(java.nio.file.Path.of(where)), file));
  }
}
