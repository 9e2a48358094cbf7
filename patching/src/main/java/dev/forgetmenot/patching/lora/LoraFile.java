package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An open LoRA file from a stranger, of any tool that {@link LoraKey} knows the names of. Its form
 * has been checked, its values not yet; what it fits is for {@link LoraImport} to say. Closed by
 * who opened it.
 */
public final class LoraFile implements AutoCloseable {
  /**
   * The reference reader's limit for headers, since tools put notes of the training there; as many
   * tensors as files for large networks have, so that these are named and not called broken.
   */
  public static final SafetensorsLimits LIMITS =
      new SafetensorsLimits(SafetensorsLimits.HEADER_BYTES, 100_000, 8, EnumSet.allOf(DType.class));

  private static final String CONFIG = "adapter_config.json";
  private static final String METADATA = "lora_adapter_metadata";

  /** An embedding that is packed into the file, in the forms that A1111 reads. */
  private static final Pattern BUNDLED =
      Pattern.compile("bundle_emb\\.(.+?)\\.(string_to_param\\..+|emb_params|clip_[lhg])");

  private static final String SECOND_ENCODER = "clip_g";

  /** What models keep beside their weights and some tools copy into LoRA files. */
  private static final Pattern WITHOUT_EFFECT =
      Pattern.compile(".*(position_ids|logit_scale|num_batches_tracked)");

  private final SafetensorsFile file;
  private final Map<String, LoraModule> modules;
  private final Map<String, Bundled> bundled;
  private final AdapterConfig config;
  private final List<String> ignored = new ArrayList<>();

  private LoraFile(SafetensorsFile file, Optional<Path> config) throws IOException {
    this.file = file;
    Map<String, EnumMap<LoraRole, TensorInfo>> found = new TreeMap<>();
    Map<String, String> tokens = new TreeMap<>();
    Map<String, String> secondTokens = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    for (TensorInfo tensor : file.tensors().values()) {
      Optional<String> refusal = LoraKey.refusal(tensor.name());
      if (refusal.isPresent()) {
        throw new LoraException(file.where(), refusal.get());
      }
      Optional<LoraKey> key = LoraKey.of(tensor.name());
      Matcher bundle = BUNDLED.matcher(tensor.name());
      if (bundle.matches()) {
        boolean second = bundle.group(2).equals(SECOND_ENCODER);
        bundled(bundle, tensor.name(), second ? secondTokens : tokens);
      } else if (WITHOUT_EFFECT.matcher(tensor.name()).matches()) {
        ignored.add(tensor.name());
      } else if (key.isEmpty()) {
        unknown.add(tensor.name());
      } else if (found
              .computeIfAbsent(key.get().stem(), stem -> new EnumMap<>(LoraRole.class))
              .put(key.get().role(), tensor)
          != null) {
        throw new LoraException(
            file.where(),
            "it says twice what " + key.get().stem() + " gets; two files were put together");
      }
    }
    refuseUnknown(unknown);
    modules = checked(found);
    bundled = together(tokens, secondTokens);
    this.config = config(config);
  }

  /**
   * An embedding that is packed into a file.
   *
   * @param first the tensor of the first text encoder
   * @param second that of the second; empty where it is for one
   */
  record Bundled(String first, Optional<String> second) {}

  private void bundled(Matcher bundle, String tensor, Map<String, String> tokens)
      throws LoraException {
    if (tokens.put(bundle.group(1), tensor) != null) {
      throw new LoraException(
          file.where(), "it holds several embeddings of the name " + bundle.group(1));
    }
  }

  private Map<String, Bundled> together(Map<String, String> first, Map<String, String> second)
      throws LoraException {
    Map<String, Bundled> all = new TreeMap<>();
    first.forEach(
        (name, tensor) ->
            all.put(name, new Bundled(tensor, Optional.ofNullable(second.get(name)))));
    for (Map.Entry<String, String> other : second.entrySet()) {
      if (!first.containsKey(other.getKey())) {
        throw new LoraException(
            file.where(),
            "it holds "
                + other.getValue()
                + " for the second of two text encoders, as SDXL has, and nothing for the first");
      }
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * Opens a file. {@code adapter_config.json} is read from beside it when the names are the PEFT
   * library's.
   *
   * @throws IOException if it is missing, broken, beyond the limits, a pickle, or no LoRA that can
   *     be imported; the message says where, why and what to do
   */
  public static LoraFile read(Path path) throws IOException {
    return checked(SafetensorsFile.open(path, LIMITS), Optional.of(path.resolveSibling(CONFIG)));
  }

  /**
   * The same with bytes in memory, from the buffer's position to its limit, without a configuration
   * beside them. The bytes must not change afterwards.
   *
   * @param where what to call the bytes in errors
   */
  public static LoraFile read(String where, ByteBuffer bytes) throws IOException {
    return checked(SafetensorsFile.open(where, bytes, LIMITS), Optional.empty());
  }

  private static LoraFile checked(SafetensorsFile file, Optional<Path> config) throws IOException {
    try {
      return new LoraFile(file, config);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether a file with these names of tensors is one of an adapter at all. */
  public static boolean looksLike(Iterable<String> names) {
    for (String name : names) {
      if (LoraKey.isAdapter(name)) {
        return true;
      }
    }
    return false;
  }

  private void refuseUnknown(List<String> unknown) throws LoraException {
    if (!unknown.isEmpty()) {
      throw new LoraException(
          file.where(),
          Message.of(
              "nothing is imported, for these tensors are of no known form of LoRA: %s; a part of"
                  + " it would be another change than the one it was made for. Else %s",
              Message.some(unknown), LoraException.MERGE));
    }
  }

  private Map<String, LoraModule> checked(Map<String, EnumMap<LoraRole, TensorInfo>> found)
      throws LoraException {
    Map<String, LoraModule> checked = new LinkedHashMap<>();
    for (Map.Entry<String, EnumMap<LoraRole, TensorInfo>> entry : found.entrySet()) {
      LoraModule module = new LoraModule(entry.getKey(), entry.getValue());
      Optional<String> problem = module.problem();
      if (problem.isPresent()) {
        throw new LoraException(file.where(), module.stem() + " " + problem.get());
      }
      if (module.changes()) {
        checked.put(module.stem(), module);
      } else {
        ignored.add(module.stem() + ".alpha");
      }
    }
    if (checked.isEmpty()) {
      throw new LoraException(file.where(), "it holds no LoRA: there is no tensor of one in it");
    }
    return Collections.unmodifiableMap(checked);
  }

  private AdapterConfig config(Optional<Path> beside) throws IOException {
    boolean library =
        modules.keySet().stream().anyMatch(stem -> stem.startsWith(LoraKeyMapping.PEFT_LIBRARY));
    String metadata = file.metadata().get(METADATA);
    if (library && beside.isPresent() && Files.isRegularFile(beside.get())) {
      return AdapterConfig.ofFile(beside.get());
    }
    if (metadata != null) {
      return AdapterConfig.ofMetadata(file.where() + ": " + METADATA, metadata);
    }
    boolean scaled =
        modules.values().stream().noneMatch(LoraModule::factored)
            || modules.values().stream().anyMatch(module -> module.has(LoraRole.ALPHA));
    if (library && !scaled) {
      throw new LoraException(
          file.where(),
          "it has the names of the PEFT library, whose scale is in "
              + CONFIG
              + " beside the file, and there is none; get both files");
    }
    return AdapterConfig.NONE;
  }

  /** What to call this file in messages. */
  public String where() {
    return file.where();
  }

  Map<String, LoraModule> modules() {
    return modules;
  }

  /** Embeddings that are packed into it, by the name of the token. */
  Map<String, Bundled> bundled() {
    return bundled;
  }

  /** Tensors that have no effect, for people. */
  public List<String> ignored() {
    return Collections.unmodifiableList(ignored);
  }

  /** What the factors mean. */
  AdapterConfig config() {
    return config;
  }

  /** The values of a tensor, rounded to floats where they are not. */
  float[] floats(TensorInfo tensor) throws IOException {
    return file.floats(tensor.name());
  }

  double[] doubles(TensorInfo tensor) throws IOException {
    return file.doubles(tensor.name());
  }

  /** Some of the values of a tensor as they are. */
  double[] doubles(TensorInfo tensor, int first, int count) throws IOException {
    return file.doubles(tensor.name(), first, count);
  }

  /** The alpha that the file gives a module, if it does. */
  Optional<Double> alpha(LoraModule module) throws IOException {
    Optional<TensorInfo> tensor = module.tensor(LoraRole.ALPHA);
    if (tensor.isEmpty()) {
      return Optional.empty();
    }
    double alpha = number(tensor.get());
    String name = tensor.get().name();
    if (!Double.isFinite(alpha)) {
      throw new LoraException(file.where(), name + " is " + alpha + ", which is not a scale");
    }
    return Optional.of(alpha);
  }

  /** The only value of a tensor of any type. */
  double number(TensorInfo tensor) throws IOException {
    String name = tensor.name();
    return tensor.dtype().isInteger() ? file.longs(name)[0] : file.doubles(name)[0];
  }

  TensorInfo tensor(String name) {
    return file.tensors().get(name);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
