package dev.forgetmenot.patch;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A recipe of a stack, {@code .fmnstack}: which patches at which strengths on which base, and what
 * must come of it. It holds no patch; those are found by their ids.
 *
 * @param name for people, may be empty
 * @param base what the stack was made on
 * @param patches at least one, with different ids
 * @param result by component: the root over the touched tensors under the stack, FLOAT32, hex
 */
public record StackFile(
    String name, Base base, List<StackedPatch> patches, Map<String, String> result) {
  /** The ending of such files. */
  public static final String ENDING = ".fmnstack";

  /** Most patches of a stack. */
  public static final int MAX_PATCHES = 256;

  private static final String FORMAT = "fmnstack";
  private static final String PLAIN_NAME = "[^/\\\\:\\x00-\\x1f]{1,200}";
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  /**
   * The base of a stack.
   *
   * @param label what it was called, for people
   * @param architecture as in {@link Manifest#architecture}
   * @param components what the stack touches, without leaves
   */
  public record Base(
      String label, String architecture, Map<String, Manifest.Component> components) {
    /** Copies the map, sorted. */
    public Base {
      components = Collections.unmodifiableMap(new TreeMap<>(components));
    }
  }

  /**
   * One patch.
   *
   * @param id its id, hex
   * @param name its name, for people
   * @param patchVersion its version, for people
   * @param file the name of its file without a folder, where to look first; may be missing
   * @param strength 1 as made
   */
  public record StackedPatch(
      String id, String name, String patchVersion, Optional<String> file, double strength) {}

  /** Copies the collections. */
  public StackFile {
    patches = List.copyOf(patches);
    result = Collections.unmodifiableMap(new TreeMap<>(result));
  }

  /**
   * Reads a recipe.
   *
   * @throws PatchFormatException if it is none, or of a newer version
   * @throws IOException if it cannot be read
   */
  public static StackFile read(Path path) throws IOException {
    String where = path.toString();
    if (Files.size(path) > StrictJson.BYTES) {
      throw new PatchFormatException(
          PatchError.TOO_DEEP_OR_LARGE, where, "is too large for a recipe of a stack");
    }
    Map<String, Object> json = StrictJson.read(where, Files.readAllBytes(path));
    JsonObjectReader first = new JsonObjectReader(where, json, true);
    first.oneOf("format", List.of(FORMAT));
    Manifest.Version version = first.object("version", ManifestReader::version);
    if (version.major() != 1) {
      throw new PatchFormatException(
          PatchError.MAJOR_VERSION,
          where,
          "version " + version.major() + "." + version.minor() + " needs a newer fmn");
    }
    JsonObjectReader members = new JsonObjectReader(where, json, version.minor() > 0);
    members.text("format");
    members.object("version", ManifestReader::version);
    StackFile stack =
        new StackFile(
            members.text("name"),
            members.object("base", StackFile::base),
            members.objects("patches", StackFile::layer),
            members.textMap("result", ManifestReader.HEX));
    members.end();
    stack.check(where);
    return stack;
  }

  private static Base base(JsonObjectReader m) throws PatchFormatException {
    return new Base(
        m.text("label"), m.text("architecture"), m.map("components", StackFile::component));
  }

  private static Manifest.Component component(JsonObjectReader m) throws PatchFormatException {
    return new Manifest.Component(
        m.text("exact", ManifestReader.HEX),
        m.text("f16", ManifestReader.HEX),
        (int) m.integer("touched", 1, ManifestReader.MOST_TOUCHED),
        Map.of());
  }

  private static StackedPatch layer(JsonObjectReader m) throws PatchFormatException {
    return new StackedPatch(
        m.text("id", ManifestReader.HEX),
        m.text("name"),
        m.text("patchVersion"),
        m.has("file") ? Optional.of(m.text("file", PLAIN_NAME)) : Optional.empty(),
        m.number("strength"));
  }

  private void check(String where) throws PatchFormatException {
    Set<String> ids = new HashSet<>();
    for (StackedPatch layer : patches) {
      if (!ids.add(layer.id())) {
        throw inconsistent(where, "names the patch " + layer.id() + " twice");
      }
    }
    if (patches.isEmpty() || patches.size() > MAX_PATCHES) {
      throw inconsistent(where, "holds " + patches.size() + " patches; 1 to " + MAX_PATCHES);
    }
    if (!result.keySet().equals(base.components().keySet())) {
      throw inconsistent(
          where, "touches " + base.components().keySet() + " and results in " + result.keySet());
    }
  }

  private static PatchFormatException inconsistent(String where, String why) {
    return new PatchFormatException(PatchError.INCONSISTENT, where, why);
  }

  /**
   * Writes the recipe beside its place and moves it there. The same recipe gives the same bytes.
   */
  public void write(Path path) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("version", new Manifest.Version(1, 0));
    json.put("name", name);
    Map<String, Object> components = new LinkedHashMap<>();
    base.components()
        .forEach((name, roots) -> components.put(name, ManifestWriter.component(roots)));
    Map<String, Object> on = new LinkedHashMap<>();
    on.put("label", base.label());
    on.put("architecture", base.architecture());
    on.put("components", components);
    json.put("base", on);
    json.put("patches", patches.stream().map(StackFile::members).toList());
    json.put("result", result);
    AtomicFile.write(path, (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Object> members(StackedPatch layer) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", layer.id());
    members.put("name", layer.name());
    members.put("patchVersion", layer.patchVersion());
    layer.file().ifPresent(file -> members.put("file", file));
    members.put("strength", layer.strength());
    return members;
  }
}
