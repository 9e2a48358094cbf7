package dev.forgetmenot.host.earlier;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The tiny model with the packed plugins, as the program runs it, and what it is under patches. */
final class PatchedModel implements AutoCloseable {
  private static final int SHOWN = 8;

  private final HostPluginManager plugins;
  private final NamedModel hosted;
  private final StableDiffusion model;
  private final Path trust;
  private final Map<String, String> base;

  /**
   * Loads the model.
   *
   * @param work an empty folder
   */
  PatchedModel(Path work) throws IOException {
    trust = work.resolve("trust.json");
    plugins =
        HostPluginManager.start(
            PackagedPlugins.copyTo(work.resolve("plugins")), HostVersions.read().hostApi());
    hosted = new ModelLoader(EarlierPatches.MODEL, "cpu", plugins).load(List.of());
    model = hosted.model();
    base = digests();
    for (Path key : files(".pub")) {
      ProgramRun.of("patch", "trust", key.toString(), "--yes", "--trust-store", trust.toString());
    }
  }

  /** Files of the folder by their ending, sorted. */
  static List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.list(EarlierPatches.FOLDER)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** SHA-256 over all weights as they are now. */
  String all() {
    return Sha256.hex(String.join("\n", digests().values()).getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, String> digests() {
    return model
        .engine()
        .call(
            () -> {
              Map<String, String> digests = new TreeMap<>();
              for (String name : model.weights().names()) {
                digests.put(name, digest(model.weights().current(name)));
              }
              return digests;
            });
  }

  private static String digest(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Sha256.hex(bytes.array());
  }

  /** Everything that is known of one patch. */
  EarlierPatches.Patch look(Path file) throws IOException {
    EarlierPatches.Patch found = new EarlierPatches.Patch();
    found.sha256 = Sha256.hex(Files.readAllBytes(file));
    Path beside = file.resolveSibling(file.getFileName() + ".sig");
    try (PatchFile patch = PatchFile.open(file)) {
      Manifest.Version version = patch.manifest().version();
      found.id = patch.id();
      found.version = version.major() + "." + version.minor();
      found.kinds = patch.manifest().edits().stream().map(edit -> edit.kind().toString()).toList();
      List<Path> detached = Files.exists(beside) ? List.of(beside) : List.of();
      found.keys =
          SignedPatch.of(patch, detached).signatures().stream()
              .map(signature -> signature.key().id())
              .sorted()
              .toList();
    }
    found.verify =
        ProgramRun.of("patch", "verify", file.toString(), "--trust-store", trust.toString()).code();
    for (double strength : List.of(1.0, 0.5)) {
      found.at.put(
          Double.toString(strength), under(Map.of(file.getFileName().toString(), strength)));
    }
    return found;
  }

  /**
   * Puts patches on the model and says what it is then; they stay on.
   *
   * @param strengths by the name of the file
   */
  EarlierPatches.Effect under(Map<String, Double> strengths) throws IOException {
    List<PatchRequest> requests = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    for (Map.Entry<String, Double> one : strengths.entrySet()) {
      Path file = EarlierPatches.FOLDER.resolve(one.getKey());
      requests.add(new PatchRequest(file, one.getValue()));
      try (PatchFile patch = PatchFile.open(file)) {
        for (Manifest.Edit edit : patch.manifest().edits()) {
          if (edit.content() instanceof TokensEdit.Descriptor content) {
            content.tokens().forEach(token -> tokens.add(token.token()));
          }
        }
      }
    }
    model.repatch(requests);
    EarlierPatches.Effect effect = new EarlierPatches.Effect();
    effect.weights = digests();
    effect.weights.entrySet().removeAll(base.entrySet());
    for (String token : tokens) {
      effect.tokens.put(token, embedding(token));
    }
    return effect;
  }

  private List<Double> embedding(String token) {
    return model
        .engine()
        .call(
            () -> {
              try (TextCondition condition =
                  model.encodePrompts(List.of(model.tokenize("a " + token)))) {
                NDArray all = condition.context();
                int at = 2 * (int) all.getShape().get(2); // after the begin token and "a"
                float[] values = all.toFloatArray();
                List<Double> first = new ArrayList<>();
                for (int i = 0; i < SHOWN; i++) {
                  first.add((double) values[at + i]);
                }
                return first;
              }
            });
  }

  /** Takes all patches off. */
  void takeOff() throws IOException {
    model.repatch(List.of());
  }

  @Override
  public void close() throws IOException {
    hosted.close();
    plugins.close();
  }
}
