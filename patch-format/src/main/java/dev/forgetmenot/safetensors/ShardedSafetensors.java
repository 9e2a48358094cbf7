package dev.forgetmenot.safetensors;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tensors of one component folder as one view, however they are spread over files.
 *
 * <p>Taken are files without a variant, {@code NAME.safetensors} or {@code
 * NAME.safetensors.index.json} with its shards; where there are none, the only variant. Values are
 * read from the shard's {@link SafetensorsFile}; the rules on threads there hold here.
 */
public final class ShardedSafetensors implements AutoCloseable {

  private static final String SUFFIX = ".safetensors";

  private final Map<String, TensorInfo> tensors = new TreeMap<>();
  private final Map<String, SafetensorsFile> fileOfTensor = new TreeMap<>();
  private final Map<String, SafetensorsFile> files = new TreeMap<>();

  private ShardedSafetensors() {}

  /**
   * Opens the files of a component; the caller closes the view, which closes them.
   *
   * @param folder such as {@code unet}
   * @param baseName such as {@code diffusion_pytorch_model} or {@code model}
   * @throws SafetensorsException when there is no such file, only a pickle, a shard or tensor of
   *     the index is missing, or a file is malformed
   * @throws IOException when a file cannot be read
   */
  public static ShardedSafetensors open(Path folder, String baseName, SafetensorsLimits limits)
      throws IOException {
    return open(folder, baseName, Optional.empty(), limits);
  }

  /**
   * Opens the files of a component in a variant; see {@link #open(Path, String,
   * SafetensorsLimits)}.
   *
   * @param variant such as {@code fp16}; a folder without it, but with files without a variant, has
   *     those opened
   */
  public static ShardedSafetensors open(
      Path folder, String baseName, Optional<String> variant, SafetensorsLimits limits)
      throws IOException {
    var view = new ShardedSafetensors();
    try {
      view.openIn(folder, baseName, variant, limits);
      return view;
    } catch (IOException | RuntimeException e) {
      try {
        view.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * The shards that an index names, as paths beside it.
   *
   * @param index {@code *.safetensors.index.json}
   * @throws SafetensorsException if it is no index of safetensors files
   */
  public static Set<Path> shards(Path index) throws IOException {
    Set<Path> shards = new TreeSet<>();
    ShardIndex.read(index).values().forEach(shard -> shards.add(index.resolveSibling(shard)));
    return shards;
  }

  private void openIn(
      Path folder, String baseName, Optional<String> variant, SafetensorsLimits limits)
      throws IOException {
    Path file = WeightFiles.in(folder, baseName).choose(variant);
    if (file.toString().endsWith(SUFFIX)) {
      add(String.valueOf(file.getFileName()), SafetensorsFile.open(file, limits));
    } else {
      openShards(folder, file, limits);
    }
  }

  private void openShards(Path folder, Path index, SafetensorsLimits limits) throws IOException {
    Map<String, String> shardOfTensor = ShardIndex.read(index);
    for (String shard : new TreeSet<>(shardOfTensor.values())) {
      if (!Files.exists(folder.resolve(shard))) {
        throw missing(index, "the shard " + shard + " that it names is not in the folder");
      }
      add(shard, SafetensorsFile.map(folder.resolve(shard), limits));
    }
    for (Map.Entry<String, String> entry : shardOfTensor.entrySet()) {
      if (fileOfTensor.get(entry.getKey()) != files.get(entry.getValue())) {
        throw missing(
            index,
            "the tensor " + entry.getKey() + " is not in " + entry.getValue() + " as it says");
      }
    }
    for (String tensor : tensors.keySet()) {
      if (!shardOfTensor.containsKey(tensor)) {
        throw missing(index, "it does not name the tensor " + tensor + " that a shard holds");
      }
    }
  }

  private void add(String name, SafetensorsFile file) throws SafetensorsException {
    files.put(name, file);
    for (TensorInfo tensor : file.tensors().values()) {
      if (tensors.put(tensor.name(), tensor) != null) {
        throw new SafetensorsException(
            Problem.HEADER,
            file.where(),
            "the tensor " + tensor.name() + " is in another shard too",
            "The shards do not belong together: get the folder again.");
      }
      fileOfTensor.put(tensor.name(), file);
    }
  }

  private static SafetensorsException missing(Path index, String reason) {
    return new SafetensorsException(
        Problem.MISSING,
        index.toString(),
        reason,
        "Get the folder again: index and shards must be from one model.");
  }

  /**
   * Every tensor by name, in the order of the names; offsets are those in the tensor's own file.
   */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The open files by file name. */
  public Collection<SafetensorsFile> files() {
    return Collections.unmodifiableCollection(files.values());
  }

  /**
   * The file that holds a tensor.
   *
   * @throws SafetensorsException when no file does
   */
  public SafetensorsFile fileOf(String tensor) throws SafetensorsException {
    SafetensorsFile file = fileOfTensor.get(tensor);
    if (file == null) {
      String where = files.values().iterator().next().where();
      throw new SafetensorsException(
          Problem.MISSING,
          where,
          "there is no tensor " + tensor + " among its " + tensors.size(),
          "The model may be of another kind than its configuration says.");
    }
    return file;
  }

  /** See {@link SafetensorsFile#bytes}. */
  public ByteBuffer bytes(String tensor) throws IOException {
    return fileOf(tensor).bytes(tensor);
  }

  /** See {@link SafetensorsFile#floats}. */
  public float[] floats(String tensor) throws IOException {
    return fileOf(tensor).floats(tensor);
  }

  /** Closes every file, even if closing one fails. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SafetensorsFile file : files.values()) {
      try {
        file.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
