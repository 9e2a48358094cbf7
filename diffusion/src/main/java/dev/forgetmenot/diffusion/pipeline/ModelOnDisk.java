package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTextEncoder;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.checkpoint.Checkpoint;
import dev.forgetmenot.diffusion.checkpoint.CheckpointConfig;
import dev.forgetmenot.diffusion.checkpoint.LdmNames;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.sampler.SamplerRegistry;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.tokenizer.TokenizerFiles;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.weights.BaseFiles;
import dev.forgetmenot.diffusion.weights.ComponentTensors;
import dev.forgetmenot.diffusion.weights.StoredTensor;
import dev.forgetmenot.files.Closing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as its files hold it, without an engine: configurations, and every tensor under its
 * canonical name. Names and shapes have been compared with the architecture when it is open. Values
 * are mapped when they are looked at. May be used by several threads at once. {@link #close} closes
 * the files.
 */
public final class ModelOnDisk implements AutoCloseable {
  /** A text encoder and its tokenizer. */
  record TextPart(TextEncoderSlot slot, TextEncoderConfig config, TokenizerFiles tokenizer) {
    BaseTextEncoder base() {
      return new BaseTextEncoder(slot.component(), tokenizer.identity());
    }
  }

  /**
   * What a model consists of.
   *
   * @param text as many as the architecture has
   * @param zerosForEmptyPrompt whether an empty negative prompt is a condition of zeros
   * @param tensors by component, open
   * @param notes what was taken for granted since the files do not say it, for people
   */
  record Parts(
      ModelArchitecture architecture,
      UNetConfig unet,
      VaeConfig vae,
      List<TextPart> text,
      SchedulerConfig scheduler,
      boolean zerosForEmptyPrompt,
      Map<String, ComponentTensors> tensors,
      List<String> notes) {

    /** Whether the VAE is computed in FLOAT32 where the rest is in half precision. */
    boolean upcastsVae() {
      return architecture.vaeOverflows() && vae.forceUpcast();
    }

    /** The text encoder of a component. */
    TextPart text(String component) {
      return text.stream()
          .filter(part -> part.slot().component().equals(component))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no weights of " + component));
    }

    /** The same with another scheduler. */
    Parts scheduled(SchedulerConfig other) {
      return new Parts(architecture, unet, vae, text, other, zerosForEmptyPrompt, tensors, notes);
    }
  }

  private final Parts parts;
  private final BaseFiles files;
  private final DiscreteNoiseSchedule noiseSchedule;
  private final BaseModel base;
  private final List<String> notes;

  private ModelOnDisk(Path path, Parts parts, ReadingOptions options) throws IOException {
    this.parts = parts;
    this.files = new BaseFiles(parts.tensors());
    List<String> said = new ArrayList<>(parts.notes());
    for (String component : parts.architecture().weights()) {
      ComponentTensors tensors = parts.tensors().get(component);
      List<String> left =
          options.strict()
              ? List.of()
              : tensors.leaveOut(
                  shapes(component), name -> ComponentTensors.withoutEffect(component, name));
      if (!left.isEmpty()) {
        said.add(
            "left out of "
                + component
                + ", for no image needs it: "
                + ComponentTensors.leftOut(left));
      }
      tensors.check(shapes(component));
    }
    SamplerRegistry.substitute(parts.scheduler()).ifPresent(said::add);
    this.notes = List.copyOf(said);
    try {
      this.noiseSchedule = new DiscreteNoiseSchedule(parts.scheduler());
    } catch (IllegalArgumentException e) {
      throw new IOException(path.resolve("scheduler") + ": " + e.getMessage(), e);
    }
    for (TextPart part : parts.text()) {
      part.tokenizer().require();
    }
    this.base =
        new BaseModel(
            files,
            parts.text().stream().map(TextPart::base).toList(),
            parts.architecture().label(files, noiseSchedule),
            label(path));
  }

  /**
   * Where small files that belong to a model are: its folder, or for {@code NAME.safetensors} the
   * folder {@code NAME.config} beside it. It need not be there.
   */
  public static Path companions(Path path) {
    return Files.isRegularFile(path) ? CheckpointConfig.beside(path).folder() : path;
  }

  /** The name of a model for people: that of its folder, or of its file without the extension. */
  public static String label(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName())
        .replaceFirst("\\.safetensors$", "");
  }

  /**
   * Opens a model.
   *
   * @param path a folder in diffusers' layout, with {@code model_index.json}, or a safetensors file
   *     with a whole model under the original names
   * @throws IOException if it is missing, broken or of another kind of model; the message says
   *     where, why and what to do
   */
  public static ModelOnDisk open(Path path) throws IOException {
    return open(path, ReadingOptions.DEFAULT);
  }

  /** Opens a model; see {@link #open(Path)}. */
  public static ModelOnDisk open(Path path, ReadingOptions options) throws IOException {
    Parts parts =
        Files.isRegularFile(path)
            ? ofCheckpoint(path, options)
            : ModelFolder.open(path).parts(options);
    parts =
        options.prediction().isPresent() ? predicting(parts, options.prediction().get()) : parts;
    try {
      return new ModelOnDisk(path, parts, options);
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, parts.tensors().values());
      throw e;
    }
  }

  private static Parts ofCheckpoint(Path path, ReadingOptions options) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(path, options.prediction(), options.strict());
    try {
      ModelArchitecture architecture = checkpoint.architecture();
      List<TextPart> text = new ArrayList<>();
      for (TextEncoderSlot slot : architecture.textEncoders()) {
        int i = text.size();
        text.add(new TextPart(slot, checkpoint.textEncoder(i), checkpoint.tokenizer(i)));
      }
      return new Parts(
          architecture,
          checkpoint.unet(),
          checkpoint.vae(),
          text,
          checkpoint.scheduler(),
          architecture.zerosForEmptyPrompt(),
          checkpoint.tensors(),
          checkpoint.notes()); // after the tensors, which the notes describe
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, List.<AutoCloseable>of(checkpoint::close));
      throw e;
    }
  }

  private static Parts predicting(Parts parts, PredictionType prediction) {
    Map<String, Object> values = new LinkedHashMap<>(parts.scheduler().values());
    values.put("prediction_type", DiscreteNoiseSchedule.name(prediction));
    return parts.scheduled(new SchedulerConfig(values));
  }

  /** The base, which needs no engine; readable until {@link #close}. */
  public BaseModel base() {
    return base;
  }

  /** The shape of the latents of one image at the model's own size: (c, h, w). */
  public int[] latentShape() {
    int side = parts.unet().sampleSize();
    return new int[] {parts.unet().inChannels(), side, side};
  }

  /** The attention layers of the UNet, in the order in which they run. */
  public List<AttentionLayer> attentionSites() {
    return UNet2DConditionModel.attentionSites(parts.unet());
  }

  /** What was taken for granted since the files do not say it, for people; one line each. */
  public List<String> notes() {
    return notes;
  }

  /** What the UNet predicts, as {@code scheduler_config.json} writes it. */
  public String predictionType() {
    return DiscreteNoiseSchedule.name(noiseSchedule.predictionType());
  }

  /**
   * Where a tensor is in the files.
   *
   * @param component one of {@link #componentNames}
   * @param name canonical name without the component
   * @throws IllegalArgumentException if there is none
   */
  public StoredTensor tensor(String component, String name) {
    StoredTensor tensor = parts.tensors().get(component).tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name + " in " + component);
    }
    return tensor;
  }

  /** The components that have weights, in the order in which they are looked at. */
  public List<String> componentNames() {
    return parts.architecture().weights();
  }

  /** The stored tensors by component, with their places in the files; open until {@link #close}. */
  public Map<String, ComponentTensors> components() {
    return files.byComponent();
  }

  /** The names that original checkpoints have for the UNet's tensors, by canonical name. */
  public Map<String, String> originalUNetNames() {
    Map<String, String> names = new LinkedHashMap<>();
    LdmNames.unet(parts.unet())
        .originals()
        .forEach(
            (canonical, original) ->
                names.put(canonical, original.name().substring(LdmNames.UNET.length())));
    return names;
  }

  /**
   * Which of these tokens a vocabulary knows already as words or pieces of words.
   *
   * @throws IOException if the tokenizer's files are missing or broken
   */
  public List<String> knownWords(Collection<String> tokens) throws IOException {
    Set<String> known = new LinkedHashSet<>();
    for (TextPart part : parts.text()) {
      known.addAll(ClipTokenizer.known(part.tokenizer(), tokens));
    }
    return List.copyOf(known);
  }

  /** The configurations and open files. */
  Parts parts() {
    return parts;
  }

  DiscreteNoiseSchedule noiseSchedule() {
    return noiseSchedule;
  }

  /** Canonical names and shapes of a component, in the order of the architecture. */
  Map<String, Shape> shapes(String component) {
    return switch (component) {
      case "unet" -> UNet2DConditionModel.parameterShapes(parts.unet());
      case "vae" -> AutoencoderKL.parameterShapes(parts.vae());
      default -> ClipTextEncoder.parameterShapes(parts.text(component).config());
    };
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
