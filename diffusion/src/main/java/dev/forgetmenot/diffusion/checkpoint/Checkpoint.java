package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
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
 * A single file with a whole Stable Diffusion 1.x or 2.x. Opening it reads the header and looks at
 * names and shapes alone. The components close the file.
 */
public final class Checkpoint {
  private static final int VOCABULARY = 49_408;
  private static final String PAD_1 = "<|endoftext|>";
  private static final String PAD_2 = "!";
  private static final int SMALL = 64; // latents of 512 pixels
  private static final int LARGE = 96; // latents of 768 pixels
  private static final String COMPLAINT = "does not hold the model that its tensors tell of";
  private static final String REMEDY =
      "Something else may have been merged into it, or the download is not complete";

  private static final String TEXT_MODEL = "text_model.";

  /** What training leaves in a file and no image needs. */
  private static final Pattern LEFTOVER =
      Pattern.compile(
          "model_ema\\..*|denoiser\\.sigmas|first_stage_model\\.(loss|model_ema)\\..*|(posterior|sqrt|log)_[a-z0-9_]+"
              + "|betas|alphas_cumprod(_prev)?|logvar|lvlb_weights|scale_factor|global_step"
              + "|cond_stage_model\\.(logit_scale|text_projection)");

  private static final Pattern SCALED =
      Pattern.compile("scaled_fp8|.*\\.(scale_weight|scale_input|weight_scale|input_scale)");

  /** What a whole CLIP has beside its text encoder. */
  private static final Pattern OF_IMAGES =
      Pattern.compile("\\.(vision_model|visual|visual_projection|logit_scale)(\\.|$)");

  private final SafetensorsFile file;
  private final boolean strict;
  private final TensorShapes shapes;
  private final CheckpointConfig settings;
  private final TextEncoderLayout text;
  private final SchedulerConfig scheduler;
  private final List<String> notes = new ArrayList<>();
  private final UNetConfig unet;
  private final VaeConfig vae;
  private final TextEncoderConfig textEncoder;

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
    this.text =
        TextEncoderLayout.find(shapes).orElseThrow(() -> lacks("text encoder", LdmNames.CLIP));
    if (!shapes.hasAny(LdmNames.VAE)) {
      throw lacks("autoencoder", LdmNames.VAE);
    }
    UNetArchitecture architecture = new UNetArchitecture(unetShapes);
    boolean version2 = architecture.linear();
    this.scheduler = scheduler(prediction, unetShapes, version2);
    boolean large =
        version2 && DiscreteNoiseSchedule.predictionType(scheduler) == PredictionType.V_PREDICTION;
    int sampleSize = large ? LARGE : SMALL;
    Optional<UNetConfig> givenUnet = settings.unet();
    this.unet = givenUnet.isPresent() ? givenUnet.get() : architecture.config(sampleSize);
    Optional<VaeConfig> givenVae = settings.vae();
    this.vae =
        givenVae.isPresent()
            ? givenVae.get()
            : VaeArchitecture.config(shapes.in(LdmNames.VAE), unet.sampleSize());
    Optional<TextEncoderConfig> givenText = settings.textEncoder();
    this.textEncoder = givenText.isPresent() ? givenText.get() : text.config();
  }

  /**
   * Opens a checkpoint. {@link #tensors} hands out what must be closed.
   *
   * @param prediction what the UNet predicts; empty for what the file says
   * @param strict whether tensors that belong to nothing are refused even where they have no effect
   * @throws IOException if the file is missing, malformed, a pickle, or anything else than a whole
   *     Stable Diffusion 1.x or 2.x; the message says what it is and what to do
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
      return given.get();
    }
    PredictionTypeDetector prediction =
        wanted.isPresent()
            ? PredictionTypeDetector.said(wanted.get())
            : PredictionTypeDetector.of(file, unetShapes, version2);
    prediction.guessed().ifPresent(notes::add);
    return new SchedulerConfig(prediction.scheduler());
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
    if (TextEncoderLayout.find(shapes).isPresent()) {
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

  /** The text encoder's configuration. */
  public TextEncoderConfig textEncoder() {
    return textEncoder;
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
   * The tokenizer.
   *
   * @throws IOException if the text encoder was made for another vocabulary than CLIP's, and none
   *     is beside the file
   */
  public TokenizerFiles tokenizer() throws IOException {
    Optional<TokenizerFiles> given = settings.tokenizer();
    if (given.isPresent()) {
      return given.get();
    }
    if (text.vocabulary() != VOCABULARY) {
      throw shapes.unknown(
          Message.of(
              "the vocabulary of %s tokens, which is not CLIP's of %s,",
              text.vocabulary(), VOCABULARY),
          "tokenizer");
    }
    return TokenizerFiles.clip(text.open() ? PAD_2 : PAD_1);
  }

  /**
   * The components' tensors; closing one closes the file for all.
   *
   * @throws IOException if tensors are missing, or there are some that belong to nothing
   */
  public Map<String, ComponentTensors> tensors() throws IOException {
    Map<String, LdmNames> names = new LinkedHashMap<>();
    names.put("unet", LdmNames.unet(unet));
    names.put("text_encoder", text.names(textEncoder));
    names.put("vae", LdmNames.vae(vae));
    Set<String> left = new LinkedHashSet<>(file.tensors().keySet());
    left.removeIf(name -> LEFTOVER.matcher(name).matches());
    left.removeIf(
        name -> name.startsWith(text.shapes().prefix()) && text.unused(name, textEncoder));
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

  /** Whether a tensor that belongs to no component has no effect on images. */
  private boolean withoutEffect(String name) {
    if (SCALED.matcher(name).matches()) {
      return false; // factors of weights that are stored scaled
    }
    if (name.startsWith(text.shapes().prefix())) {
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
    String prefix = text.shapes().prefix();
    if (!name.startsWith(prefix)) {
      return Optional.empty();
    }
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
