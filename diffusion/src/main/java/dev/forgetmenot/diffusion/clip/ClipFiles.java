package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.ClipConfig;
import dev.forgetmenot.diffusion.config.ClipVisionConfig;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import dev.forgetmenot.diffusion.tokenizer.TokenizerFiles;
import dev.forgetmenot.diffusion.weights.BaseFiles;
import dev.forgetmenot.diffusion.weights.ComponentTensors;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a CLIP in Hugging Face's layout: {@code config.json}, the weights as safetensors
 * (whole, in shards, or in one variant such as fp16) and {@code preprocessor_config.json}; for a
 * whole model a tokenizer too.
 *
 * @param kind which towers the files hold
 * @param folder with {@code config.json} and the weights
 * @param preprocessor the folder of {@code preprocessor_config.json}
 */
public record ClipFiles(Kind kind, Path folder, Path preprocessor) {
  private static final String CONFIG = "config.json";
  private static final String PREPROCESSOR = "preprocessor_config.json";

  /** What sort of CLIP. */
  public enum Kind {
    /** Both towers: transformers' CLIPModel. */
    MODEL("clip"),
    /** The vision tower alone, with concepts: diffusers' StableDiffusionSafetyChecker. */
    SAFETY_CHECKER("safety_checker");

    private final String component;

    Kind(String component) {
      this.component = component;
    }

    /** Its usual folder of a Stable Diffusion model. */
    public String folder() {
      return component;
    }
  }

  /** A whole CLIP model, whose files are all in one folder. */
  public static ClipFiles model(Path folder) {
    return new ClipFiles(Kind.MODEL, folder, folder);
  }

  /**
   * A safety checker. Its preprocessor is in its own folder, or in {@code feature_extractor} beside
   * it as in models of diffusers.
   */
  public static ClipFiles safetyChecker(Path folder) {
    boolean own = Files.isRegularFile(folder.resolve(PREPROCESSOR));
    return new ClipFiles(
        Kind.SAFETY_CHECKER, folder, own ? folder : folder.resolveSibling("feature_extractor"));
  }

  /**
   * The names of the weights and their shapes, from the configuration alone.
   *
   * @throws IOException if it is missing, broken or not supported
   */
  public Map<String, Shape> parameterShapes() throws IOException {
    if (kind == Kind.MODEL) {
      return ClipModel.parameterShapes(ClipConfig.read(folder));
    }
    ClipVisionConfig config = ClipVisionConfig.read(folder);
    Map<String, Shape> shapes =
        new LinkedHashMap<>(ClipVisionModelWithProjection.parameterShapes(config));
    shapes.putAll(SafetyChecker.parameterShapes(config.projection()));
    return shapes;
  }

  /**
   * What its weights take in memory, which are held in single precision.
   *
   * @return bytes
   * @throws IOException if the configuration is missing, broken or not supported
   */
  public long bytes() throws IOException {
    return Float.BYTES * parameterShapes().values().stream().mapToLong(Shape::size).sum();
  }

  /**
   * Looks at all files; weights are compared with the configuration by names and shapes and not
   * read.
   *
   * @throws IOException if files are missing, broken or of another kind of model
   */
  public void check() throws IOException {
    PreprocessorConfig.read(preprocessor);
    if (kind == Kind.MODEL) {
      TokenizerFiles.of(folder).require();
    }
    open().close();
  }

  /**
   * The weights, compared with the configuration; the caller closes them.
   *
   * @throws IOException if files are missing, broken or of another kind of model
   */
  ComponentTensors open() throws IOException {
    Map<String, Shape> expected = parameterShapes();
    ComponentTensors tensors = ComponentTensors.open(folder, kind.component);
    try {
      tensors.check(expected);
      return tensors;
    } catch (IOException | RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /**
   * The digest of all that decides an embedding: weights, configuration, preprocessing, tokenizer.
   *
   * @return 64 hexadecimal digits
   * @throws IOException if a file is missing, broken or of another kind
   */
  public String digest() throws IOException {
    check(); // before the weights are read, which takes long
    List<String> parts = new ArrayList<>();
    parts.add(kind.component);
    try (BaseFiles files = new BaseFiles(Map.of(kind.component, open()))) {
      parts.add(files.root(kind.component, files.names(kind.component)));
    }
    parts.add(Sha256.hex(folder.resolve(CONFIG)));
    parts.add(Sha256.hex(preprocessor.resolve(PREPROCESSOR)));
    if (kind == Kind.MODEL) {
      var tokenizer = TokenizerFiles.of(folder).identity();
      parts.add(tokenizer.vocabSha256());
      parts.add(tokenizer.mergesSha256());
    }
    return Sha256.hex(String.join("\n", parts).getBytes(StandardCharsets.US_ASCII));
  }
}
