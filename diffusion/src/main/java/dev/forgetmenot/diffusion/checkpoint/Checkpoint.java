package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.tokenizer.TokenizerFiles;
import dev.forgetmenot.diffusion.weights.ComponentTensors;
import dev.forgetmenot.diffusion.weights.StoredTensor;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A single file with a whole Stable Diffusion. Opening it reads the header and looks at names and
 * shapes alone. The components close the file.
 */
public final class Checkpoint {
  private static final int VOCABULARY = 49_408;
  private static final String PAD_1 = "<|endoftext|>";
  private static final String PAD_2 = "!";
  private static final String COMPLAINT = "does not hold the model that its tensors tell of";
  private static final String REMEDY =
      "Something else may have been merged into it, or the download is not complete";

  private static final String TEXT_MODEL = "text_model.";

  /** What training leaves in a file and no image needs. */
  private static final Pattern LEFTOVER =
      Pattern.compile(
          "model_ema\\..*|denoiser\\.sigmas|first_stage_model\\.(loss|model_ema)\\..*|(posterior|sqrt|log)_[a-z0-9_]+"
              + "|v_pred|ztsnr|betas|alphas_cumprod(_prev)?|logvar|lvlb_weights|scale_factor|global_step"
              + "|cond_stage_model\\.(logit_scale|text_projection)");

  /** An empty tensor by which trainers mark models with zero terminal SNR. */
  private static final String ZERO_SNR_MARK = "ztsnr";

  private static final Pattern SCALED =
      Pattern.compile("scaled_fp8|.*\\.(scale_weight|scale_input|weight_scale|input_scale)");

  /** What a whole CLIP has beside its text encoder. */
  private static final Pattern OF_IMAGES =
      Pattern.compile("\\.(vision_model|visual|visual_projection|logit_scale)(\\.|$)");

  private final SafetensorsFile file;
  private final boolean strict;
  private final TensorShapes shapes;
  private final CheckpointConfig settings;
  private final ModelArchitecture architecture;
  private final List<TextEncoderLayout> text;
  private final SchedulerConfig scheduler;
  private final List<String> notes = new ArrayList<>();
  private final UNetConfig unet;
  private final VaeConfig vae;
  private final List<TextEncoderConfig> textEncoders = new ArrayList<>();

  private Checkpoint(
      Path path, SafetensorsFile file, Optional<PredictionType> prediction, boolean strict)
      throws IOException {
    this.file = file;
    this.strict = strict;
    this.shapes = TensorShapes.of(path.toString(), file.tensors());
    this.settings = CheckpointConfig.beside(path);
    UnsupportedCheckpoints.refuse(shapes);
    TensorShapes unetShapes = shapes.in(LdmNames.UNET);
    UnsupportedCheckpoints.refuseMoreInputs(shapes, unetShapes.side("input_blocks.0.0.weight", 1));
    this.architecture = ModelArchitecture.ofFile(shapes::hasAny);
    this.text = TextEncoderLayout.find(shapes, architecture);
    for (TextEncoderSlot slot : architecture.textEncoders()) {
      if (text.stream().noneMatch(layout -> layout.slot().equals(slot))) {
        List<TextEncoderSlot.Stored> names = slot.stored();
        throw lacks(
            architecture.textEncoders().size() == 1 ? "text encoder" : slot.component(),
            names.get(names.size() - 1).prefix());
      }
    }
    if (!shapes.hasAny(LdmNames.VAE)) {
      throw lacks("autoencoder", LdmNames.VAE);
    }
    for (TextEncoderLayout layout : text) {
      Optional<TextEncoderConfig> given = settings.textEncoder(layout.slot());
      textEncoders.add(given.isPresent() ? given.get() : layout.config());
    }
    UnsupportedCheckpoints.refusePruned(shapes, unetShapes, architecture);
    UNetArchitecture found = new UNetArchitecture(unetShapes);
    boolean version2 = found.linear() && architecture.hasVersions();
    this.scheduler = scheduler(prediction, unetShapes, version2);
    boolean velocity =
        DiscreteNoiseSchedule.predictionType(scheduler) == PredictionType.V_PREDICTION;
    Optional<UNetConfig> givenUnet = settings.unet();
    this.unet =
        givenUnet.isPresent()
            ? givenUnet.get()
            : found.config(architecture.latentSize(version2, velocity), pooled());
    Optional<VaeConfig> givenVae = settings.vae();
    this.vae =
        givenVae.isPresent()
            ? givenVae.get()
            : VaeArchitecture.config(shapes.in(LdmNames.VAE), unet.sampleSize(), architecture);
  }

  /** Width of the pooled text, where the UNet is told of it. */
  private Optional<Integer> pooled() {
    return architecture.conditionedOnSizes()
        ? Optional.of(textEncoders.get(textEncoders.size() - 1).projection())
        : Optional.empty();
  }

  /**
   * Opens a checkpoint. {@link #tensors} hands out what must be closed.
   *
   * @param prediction what the UNet predicts; empty for what the file says
   * @param strict whether tensors that belong to nothing are refused even where they have no effect
   * @throws IOException if the file is missing, malformed, a pickle, or anything else than a whole
   *     Stable Diffusion; the message says what it is and what to do
   */
  public static Checkpoint open(Path path, Optional<PredictionType> prediction, boolean strict)
      throws IOException {
    SafetensorsFile file = SafetensorsFile.map(path, SafetensorsLimits.MODEL);
    try {
      return new Checkpoint(path, file, prediction, strict);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private SchedulerConfig scheduler(
      Optional<PredictionType> wanted, TensorShapes unetShapes, boolean version2)
      throws IOException {
    Optional<SchedulerConfig> given = settings.scheduler();
    if (given.isPresent()) {
      return architecture.completed(given.get());
    }
    PredictionTypeDetector prediction =
        wanted.isPresent()
            ? PredictionTypeDetector.said(wanted.get())
            : PredictionTypeDetector.of(file, unetShapes, version2);
    prediction.guessed().ifPresent(notes::add);
    Map<String, Object> values = new LinkedHashMap<>(architecture.scheduler(prediction.type()));
    if (file.tensors().containsKey(ZERO_SNR_MARK)) {
      values.put("rescale_betas_zero_snr", true);
    }
    return architecture.completed(new SchedulerConfig(values));
  }

  private IOException lacks(String what, String prefix) {
    return new IOException(
        Message.of(
            "%s holds no %s (no name begins with %s), only %s: it is a part of a model; get the"
                + " whole checkpoint, or put the parts into a folder in diffusers' layout",
            shapes.where(), what, prefix, present()));
  }

  private String present() {
    List<String> parts = new ArrayList<>(List.of("a UNet"));
    if (!TextEncoderLayout.find(shapes, architecture).isEmpty()) {
      parts.add("a text encoder");
    }
    if (shapes.hasAny(LdmNames.VAE)) {
      parts.add("an autoencoder");
    }
    return String.join(" and ", parts);
  }

  /** The UNet's configuration. */
  public UNetConfig unet() {
    return unet;
  }

  /** The autoencoder's configuration. */
  public VaeConfig vae() {
    return vae;
  }

  /** What family of models it is of. */
  public ModelArchitecture architecture() {
    return architecture;
  }

  /** The configuration of a text encoder, counted from 0. */
  public TextEncoderConfig textEncoder(int index) {
    return textEncoders.get(index);
  }

  /** The scheduler's configuration. */
  public SchedulerConfig scheduler() {
    return scheduler;
  }

  /** What was guessed, for people; one line each. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * The tokenizer of a text encoder, counted from 0.
   *
   * @throws IOException if the text encoder was made for another vocabulary than CLIP's, and none
   *     is beside the file
   */
  public TokenizerFiles tokenizer(int index) throws IOException {
    TextEncoderLayout layout = text.get(index);
    Optional<TokenizerFiles> given = settings.tokenizer(layout.slot());
    if (given.isPresent()) {
      return given.get();
    }
    if (layout.vocabulary() != VOCABULARY) {
      throw shapes.unknown(
          Message.of(
              "the vocabulary of %s tokens, which is not CLIP's of %s,",
              layout.vocabulary(), VOCABULARY),
          layout.slot().tokenizer());
    }
    return TokenizerFiles.clip(layout.open() ? PAD_2 : PAD_1);
  }

  /**
   * The components' tensors; closing one closes the file for all.
   *
   * @throws IOException if tensors are missing, or there are some that belong to nothing
   */
  public Map<String, ComponentTensors> tensors() throws IOException {
    Map<String, LdmNames> names = new LinkedHashMap<>();
    names.put("unet", LdmNames.unet(unet));
    for (int i = 0; i < text.size(); i++) {
      names.put(text.get(i).slot().component(), text.get(i).names(textEncoders.get(i)));
    }
    names.put("vae", LdmNames.vae(vae));
    Set<String> left = new LinkedHashSet<>(file.tensors().keySet());
    left.removeIf(name -> LEFTOVER.matcher(name).matches());
    left.removeIf(this::isUnused);
    List<String> missing = new ArrayList<>();
    Map<String, ComponentTensors> components = new LinkedHashMap<>();
    for (Map.Entry<String, LdmNames> entry : names.entrySet()) {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, LdmTensor> one : entry.getValue().originals().entrySet()) {
        LdmTensor original = one.getValue();
        left.remove(original.name());
        if (file.tensors().containsKey(original.name())) {
          tensors.put(one.getKey(), stored(original));
        } else {
          missing.add(original.name() + " is missing");
        }
      }
      components.put(
          entry.getKey(),
          new ComponentTensors(
              shapes.where(), COMPLAINT, REMEDY, tensors, List.of(file), file::close));
    }
    List<String> ignored = new ArrayList<>();
    for (String name : strict ? List.<String>of() : List.copyOf(left)) {
      if (withoutEffect(name) || isCopy(name)) {
        ignored.add(name);
        left.remove(name);
      }
    }
    if (!ignored.isEmpty()) {
      notes.add("left out, for no image needs it: " + ComponentTensors.leftOut(ignored));
    }
    left.forEach(name -> missing.add(name + tooMuch(name)));
    components.get("unet").refuse(missing);
    return components;
  }

  /** Whether a tensor of a text encoder is one that no image needs. */
  private boolean isUnused(String name) {
    for (int i = 0; i < text.size(); i++) {
      if (name.startsWith(text.get(i).shapes().prefix())) {
        return text.get(i).unused(name, textEncoders.get(i));
      }
    }
    return false;
  }

  /** What the names of the text encoder begin with that a tensor is of; empty if it is of none. */
  private Optional<String> textPrefix(String name) {
    return text.stream()
        .map(layout -> layout.shapes().prefix())
        .filter(name::startsWith)
        .findFirst();
  }

  /** Whether a tensor that belongs to no component has no effect on images. */
  private boolean withoutEffect(String name) {
    if (SCALED.matcher(name).matches()) {
      return false; // factors of weights that are stored scaled
    }
    if (textPrefix(name).isPresent()) {
      return OF_IMAGES.matcher(name).find();
    }
    return !name.startsWith(LdmNames.UNET) && !name.startsWith(LdmNames.VAE);
  }

  /** Whether the file holds the same tensor of the text encoder under its other name too. */
  private boolean isCopy(String name) throws IOException {
    Optional<TensorInfo> other = otherSpelling(name);
    return other.isPresent()
        && other.get().dtype() == file.tensors().get(name).dtype()
        && Arrays.equals(other.get().shape(), file.tensors().get(name).shape())
        && file.bytes(other.get().name()).equals(file.bytes(name));
  }

  /** Text encoders were written without {@code text_model.} once, and with it since. */
  private Optional<TensorInfo> otherSpelling(String name) {
    if (textPrefix(name).isEmpty()) {
      return Optional.empty();
    }
    String prefix = textPrefix(name).get();
    String rest = name.substring(prefix.length());
    String other =
        rest.startsWith(TEXT_MODEL) ? rest.substring(TEXT_MODEL.length()) : TEXT_MODEL + rest;
    return Optional.ofNullable(file.tensors().get(prefix + other));
  }

  private String tooMuch(String name) {
    return otherSpelling(name)
        .map(other -> " is there a second time with other values, as " + other.name())
        .orElse(" is not part of the architecture");
  }

  private StoredTensor stored(LdmTensor original) throws IOException {
    StoredTensor whole = StoredTensor.whole(file, file.tensors().get(original.name()));
    if (original.transposed() && whole.shape().length == 2) {
      return whole.transpose();
    }
    if (original.parts() == 1) {
      return whole;
    }
    long rows = whole.shape().length == 0 ? 0 : whole.shape()[0];
    if (rows % original.parts() != 0) {
      throw new IOException(
          Message.of(
              "%s: the rows of %s do not fall into %s equal parts",
              shapes.where(), original.name(), original.parts()));
    }
    long part = rows / original.parts();
    return whole.rows(original.part() * part, part);
  }

  /** Closes the file, if the components have not been handed out. */
  public void close() throws IOException {
    file.close();
  }
}
