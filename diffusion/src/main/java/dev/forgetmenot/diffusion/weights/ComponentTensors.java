package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The stored tensors of one component under their canonical names, however its files are made.
 * {@link #close} closes the files that it opened.
 */
public final class ComponentTensors implements AutoCloseable {
  private static final int SHOWN = 5;

  private final String where;
  private final String complaint;
  private final String remedy;
  private final Collection<SafetensorsFile> files;
  private final Closeable owned;
  private final Map<String, StoredTensor> tensors;
  private final OpenedFiles opened;

  /**
   * Tensors of files that are open.
   *
   * @param where what to call them in messages
   * @param complaint what they do when they do not fit an architecture, such as "does not fit the
   *     config.json beside it"
   * @param remedy why that may be and what to do; a sentence
   * @param tensors by canonical name
   * @param files the files that hold them
   * @param owned closed by {@link #close}
   * @throws IOException if a file is gone
   */
  public ComponentTensors(
      String where,
      String complaint,
      String remedy,
      Map<String, StoredTensor> tensors,
      Collection<SafetensorsFile> files,
      Closeable owned)
      throws IOException {
    this.where = where;
    this.complaint = complaint;
    this.remedy = remedy;
    this.tensors = new LinkedHashMap<>(tensors);
    this.files = List.copyOf(files);
    this.owned = owned;
    this.opened = OpenedFiles.of(files);
  }

  /**
   * Opens the files of a component's folder.
   *
   * @param component {@code unet}, {@code vae}, {@code text_encoder} or {@code clip}
   * @throws IOException if a file is missing or broken; the message names it
   */
  public static ComponentTensors open(Path folder, String component) throws IOException {
    String base =
        component.equals("unet") || component.equals("vae") ? "diffusion_pytorch_model" : "model";
    ShardedSafetensors files = ShardedSafetensors.open(folder, base, SafetensorsLimits.MODEL);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String stored : files.tensors().keySet()) {
      SafetensorsFile file = files.fileOf(stored);
      StoredNames.canonical(component, stored)
          .ifPresent(
              name -> tensors.put(name, StoredTensor.whole(file, files.tensors().get(stored))));
    }
    return new ComponentTensors(
        files.files().size() == 1
            ? files.files().iterator().next().where()
            : folder + " (" + files.files().size() + " files)",
        "does not fit the config.json beside it",
        "The folder may be of another kind of model, or its files of different models",
        tensors,
        files.files(),
        files::close);
  }

  /**
   * Compares names and shapes with what an architecture asks for; from then on shapes are those.
   *
   * @throws IOException that names what is missing, unknown or of another shape
   */
  public void check(Map<String, Shape> expected) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Shape> entry : expected.entrySet()) {
      StoredTensor tensor = tensors.get(entry.getKey());
      if (tensor == null) {
        problems.add(entry.getKey() + " is missing");
      } else if (!tensor.dtype().isFloat()) {
        problems.add(
            entry.getKey()
                + " has the element type "
                + tensor.dtype()
                + ", whole numbers of a quantisation where weights are floating-point numbers");
      } else if (fits(tensor.shape(), entry.getValue().getShape())) {
        tensors.put(entry.getKey(), tensor.squeezed(entry.getValue().dimension()));
      } else {
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
    refuse(problems);
  }

  /**
   * Says what does not fit.
   *
   * @throws IOException if there is anything
   */
  public void refuse(List<String> problems) throws IOException {
    if (!problems.isEmpty()) {
      String more = problems.size() > SHOWN ? ", and " + (problems.size() - SHOWN) + " more" : "";
      List<String> shown = problems.subList(0, Math.min(SHOWN, problems.size()));
      throw new IOException(
          where + " " + complaint + ": " + String.join("; ", shown) + more + ". " + remedy);
    }
  }

  /** The same shape, where an older file may have stored a linear layer as a 1 × 1 convolution. */
  private static boolean fits(long[] stored, long[] expected) {
    boolean pointwise =
        expected.length == 2
            && stored.length > 2
            && LongStream.of(stored).skip(2).allMatch(side -> side == 1);
    return Arrays.equals(pointwise ? Arrays.copyOf(stored, 2) : stored, expected);
  }

  /** What to call these tensors in messages. */
  public String where() {
    return where;
  }

  /** The tensors by canonical name. */
  public Map<String, StoredTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The files that hold the tensors. */
  public Collection<SafetensorsFile> files() {
    return files;
  }

  /**
   * Looks whether a file of these tensors is as it was when it was opened.
   *
   * @throws dev.forgetmenot.patch.PatchFormatException FMN-506 if it is not
   */
  void requireUnchanged(SafetensorsFile file) throws IOException {
    opened.requireUnchanged(file);
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
