package dev.forgetmenot.patching.diff;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.StoredBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file of weights that stand in the place of a base's, by canonical names, as erasers publish
 * them that train or solve some layers of a UNet. The file stays the caller's to close.
 */
public final class ReplacedTensors implements EditedTensors {
  private final SafetensorsFile file;
  private final Map<String, String> stored; // name in the file, by target

  private ReplacedTensors(SafetensorsFile file, Map<String, String> stored) {
    this.file = file;
    this.stored = stored;
  }

  /** Whether a file has at least one tensor that a base has by that name. */
  public static boolean looksLike(SafetensorsFile file, BaseTensors base) {
    return file.tensors().keySet().stream().anyMatch(name -> target(name, base).isPresent());
  }

  /**
   * Looks all names up.
   *
   * @param file open
   * @throws IOException if the base lacks a name; all that it lacks are named
   */
  public static ReplacedTensors of(SafetensorsFile file, BaseTensors base) throws IOException {
    Map<String, String> stored = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    for (String name : file.tensors().keySet()) {
      Optional<String> target = target(name, base);
      if (target.isEmpty()) {
        unknown.add(name);
      } else if (stored.put(target.get(), name) != null) {
        throw new IOException(file.where() + ": it holds " + target.get() + " twice");
      }
    }
    if (!unknown.isEmpty()) {
      throw new IOException(
          Message.of(
              "%s: nothing was imported: the model in %s has no %s; the file was made for another"
                  + " kind of model, or holds something else",
              file.where(), base.source("unet"), Message.some(unknown)));
    }
    return new ReplacedTensors(file, stored);
  }

  /** With its component in front, or of the first component that has it. */
  private static Optional<String> target(String name, BaseTensors base) {
    for (String component : base.components()) {
      String prefix = component + ".";
      if (name.startsWith(prefix)
          && base.names(component).contains(name.substring(prefix.length()))) {
        return Optional.of(component + "/" + name.substring(prefix.length()));
      }
    }
    for (String component : base.components()) {
      if (base.names(component).contains(name)) {
        return Optional.of(component + "/" + name);
      }
    }
    return Optional.empty();
  }

  @Override
  public Set<String> targets() {
    return stored.keySet();
  }

  @Override
  public DType dtype(String target) {
    return file.tensors().get(stored.get(target)).dtype();
  }

  @Override
  public long[] shape(String target) {
    return file.tensors().get(stored.get(target)).shape();
  }

  @Override
  public StoredBytes stored(String target) throws IOException {
    return file.stored(stored.get(target));
  }
}
