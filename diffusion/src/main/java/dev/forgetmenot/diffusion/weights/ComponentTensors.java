package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.files.Message;
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
import java.util.Optional;
import java.util.function.Predicate;
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
  private final FileChangeGuard opened;

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
    this.opened = FileChangeGuard.of(files);
  }

  /**
   * Opens the files of a component's folder.
   *
   * @param component {@code unet}, {@code vae}, {@code text_encoder}, {@code clip} or {@code
   *     safety_checker}
   * @throws IOException if a file is missing or broken; the message names it
   */
  public static ComponentTensors open(Path folder, String component) throws IOException {
    return open(folder, component, Optional.empty());
  }

  /**
   * Opens the files of a component's folder in a variant; see {@link #open(Path, String)}.
   *
   * @param variant such as {@code fp16}
   */
  public static ComponentTensors open(Path folder, String component, Optional<String> variant)
      throws IOException {
    String base =
        component.equals("unet") || component.equals("vae") ? "diffusion_pytorch_model" : "model";
    ShardedSafetensors files =
        ShardedSafetensors.open(folder, base, variant, SafetensorsLimits.MODEL);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String stored : files.tensors().keySet()) {
      SafetensorsFile file = files.fileOf(stored);
      Optional<String> name = LegacyParameterNames.canonical(component, stored);
      if (name.isPresent()) {
        StoredTensor tensor = StoredTensor.whole(file, files.tensors().get(stored));
        StoredTensor other = tensors.putIfAbsent(name.get(), tensor);
        if (other != null
            && !(other.dtype() == tensor.dtype() && other.bytes().equals(tensor.bytes()))) {
          files.close();
          throw new IOException(
              Message.of(
                  "%s holds %s twice with other values, as %s and %s; its files may be of different"
                      + " models: get the folder again",
                  file.where(), name.get(), other.stored(), stored));
        }
      }
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
            Message.of(
                "%s has the shape %s instead of %s",
                entry.getKey(), new Shape(tensor.shape()), entry.getValue()));
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
   * Leaves out tensors that no image needs.
   *
   * @param unneeded of a canonical name that the architecture lacks
   * @return the names, as {@link #leftOut} says them
   */
  public List<String> leaveOut(Map<String, Shape> expected, Predicate<String> unneeded) {
    List<String> names =
        tensors.keySet().stream()
            .filter(name -> !expected.containsKey(name) && unneeded.test(name))
            .toList();
    names.forEach(tensors::remove);
    return names;
  }

  /** Whether a tensor that the architecture of a component lacks has no effect on images. */
  public static boolean withoutEffect(String component, String name) {
    return LegacyParameterNames.withoutEffect(component, name);
  }

  /**
   * What was left out, for people: by the first part of the names, with how many there are.
   *
   * @param names of the tensors
   */
  public static String leftOut(Collection<String> names) {
    Map<String, Integer> counts = new java.util.TreeMap<>();
    names.forEach(name -> counts.merge(name.replaceFirst("\\..*", ""), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(e -> e.getKey() + " (" + e.getValue() + (e.getValue() == 1 ? " tensor)" : " tensors)"))
        .collect(java.util.stream.Collectors.joining(", "));
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
   * @throws dev.forgetmenot.patch.error.PatchFormatException FMN-506 if it is not
   */
  void requireUnchanged(SafetensorsFile file) throws IOException {
    opened.requireUnchanged(file);
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
