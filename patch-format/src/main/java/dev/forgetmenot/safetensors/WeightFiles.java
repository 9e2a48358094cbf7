package dev.forgetmenot.safetensors;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The weights of one component folder by variant, under the names of all ages: a variant is what
 * stands in a name beside the usual one, such as {@code fp16} in {@code model.fp16.safetensors}.
 *
 * @param folder the component's
 * @param baseName such as {@code diffusion_pytorch_model}
 * @param files by variant, the empty text for files without one: a safetensors file, or the index
 *     of shards
 */
record WeightFiles(Path folder, String baseName, Map<String, Path> files) {
  private static final String VARIANT = "[A-Za-z0-9_-]+";
  private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-\\d{5}");
  private static final Pattern OTHER_WEIGHTS =
      Pattern.compile(".*\\.(safetensors|bin|ckpt|pt|pth|msgpack|h5|onnx|pb|gguf|index\\.json)");

  /**
   * Looks into a folder.
   *
   * @throws IOException if it cannot be listed
   */
  static WeightFiles in(Path folder, String baseName) throws IOException {
    String base = Pattern.quote(baseName);
    Pattern whole = Pattern.compile(base + "(?:\\.(" + VARIANT + "))?\\.safetensors");
    Pattern index =
        Pattern.compile(
            Message.of(
                "%s(?:\\.(%s))?\\.safetensors(?:\\.(%s))?\\.index(?:\\.(%s))?\\.json",
                base, VARIANT, VARIANT, VARIANT));
    Map<String, Path> files = new TreeMap<>();
    for (Path file : list(folder)) {
      String name = String.valueOf(file.getFileName());
      Matcher one = whole.matcher(name);
      Matcher many = index.matcher(name);
      if (one.matches()) {
        String variant = Optional.ofNullable(one.group(1)).orElse("");
        if (!SHARD.matcher(variant).matches()) {
          files.put(variant, file); // a whole file comes before shards
        }
      } else if (many.matches()) {
        String variant =
            Stream.of(1, 2, 3).map(many::group).filter(v -> v != null).findFirst().orElse("");
        files.putIfAbsent(variant, file);
      }
    }
    return new WeightFiles(folder, baseName, files);
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      // safetensors before their indexes: a whole file takes its variant first
      return all.sorted().toList();
    }
  }

  /**
   * The file to open: the wanted variant; else the one without a name; else the only one.
   *
   * @param wanted a variant; where the folder has it not, and has files without a variant, those
   *     are taken, as diffusers does: not every component is published in each
   * @throws SafetensorsException when there is none, or several and no way to choose
   */
  Path choose(Optional<String> wanted) throws IOException {
    if (wanted.isPresent() && files.containsKey(wanted.get())) {
      return files.get(wanted.get());
    }
    if (files.containsKey("")) {
      return files.get("");
    }
    if (files.isEmpty()) {
      throw nothing();
    }
    if (files.size() == 1 && wanted.isEmpty()) {
      return files.values().iterator().next();
    }
    throw new SafetensorsException(
        Problem.MISSING,
        folder.toString(),
        "holds the weights as "
            + String.join(" and ", files.keySet())
            + (wanted.isPresent() ? ", not as " + wanted.get() : " and none without a variant"),
        "Choose one with --variant, for example --variant "
            + files.keySet().iterator().next()
            + ".");
  }

  private SafetensorsException nothing() throws IOException {
    List<String> weights =
        list(folder).stream()
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> OTHER_WEIGHTS.matcher(name.toLowerCase(Locale.ROOT)).matches())
            .toList();
    for (String name : weights) {
      if (PickleCheck.isPickle(name)
          && weights.stream().noneMatch(n -> n.endsWith(".safetensors"))) {
        return PickleCheck.refusal(
            folder.resolve(name).toString(), "holds a pickle, and its folder has no safetensors");
      }
    }
    return new SafetensorsException(
        Problem.MISSING,
        folder.toString(),
        Message.of(
            "there is no %s.safetensors, neither whole nor in shards%s",
            baseName, weights.isEmpty() ? "" : "; there lie " + String.join(", ", weights)),
        weights.isEmpty()
            ? "Check that this is the folder of a diffusers model and that it was downloaded in full."
            : "Get the safetensors of the model, or rename them as diffusers does.");
  }
}
