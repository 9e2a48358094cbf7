package dev.forgetmenot.host.model;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.edit.EditOutline;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.safetensors.TensorInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/**
 * Works out what commands need of the memory from names and shapes of a model's weights. The
 * numbers of the passes were measured (docs/memory-and-threads.md).
 *
 * @param base the weights
 * @param pixels of the latents of one image at the model's own size
 * @param sites the attention layers of the UNet
 * @param heapMax what the Java heap may grow to
 * @param held how weights are held
 */
public record MemoryModel(
    BaseModel base, long pixels, List<AttentionLayer> sites, long heapMax, WeightPrecision held) {
  private static final long MIB = 1L << 20;

  /** The libraries of the engine and the JVM without its heap. */
  private static final long LIBRARIES = 350 * MIB;

  /** What the Java heap grows to with its garbage where it may. */
  private static final long HEAP = 320 * MIB;

  /** The same two where no network but the text encoder runs. */
  private static final long SOLVING_LIBRARIES = 200 * MIB;

  private static final long SOLVING_HEAP = 170 * MIB;

  /** The share of the heap's limit that G1 gives to the young generation. */
  private static final double YOUNG = 0.6;

  /** Bytes of Java's copies for each byte of the weights that a solve reads. */
  private static final double SOLVED = 0.6;

  /** Numbers that a training step keeps for each number that a layer puts out. */
  private static final double KEPT = 1.6;

  /** The same for each number of the attention to the prompt that a loss looks at. */
  private static final int KEPT_ATTENTION = 5;

  /** The same where its segment is computed again: itself, its gradient, what the loss took. */
  private static final int SHOWN = 3;

  /** The weight that makes what leaves a segment. */
  private static final String SEGMENT_OUTPUT =
      "conv_in\\.weight|.*\\.resnets\\.\\d+\\.conv2\\.weight|.*samplers\\.0\\.conv\\.weight";

  /** Feature maps of the VAE's largest layer that live together while an image is decoded. */
  private static final double DECODED = 2.75;

  /** Bytes of a number that is held in 16 bits, with what is widened of it at a time. */
  private static final double HALF = 2.6;

  /** Tokens of a prompt. */
  private static final int TOKENS = 77;

  /** Of a model that was loaded. */
  public static MemoryModel of(StableDiffusion model) {
    return of(model.base(), model.latentShape(), model.attentionSites(), model.weightPrecision());
  }

  /** Of a model's files, of which all weights are widened. */
  public static MemoryModel of(ModelOnDisk model) {
    return of(model.base(), model.latentShape(), model.attentionSites(), WeightPrecision.F32);
  }

  private static MemoryModel of(
      BaseModel base, int[] latents, List<AttentionLayer> sites, WeightPrecision held) {
    return new MemoryModel(
        base, (long) latents[1] * latents[2], sites, MemoryFacts.read().heapMax(), held);
  }

  private double bytes() {
    return held == WeightPrecision.HALF ? HALF : Float.BYTES;
  }

  /**
   * Of an edit.
   *
   * @param judge bytes of the judge that is open all the time
   * @param drawn pixels of the largest image that the same command draws; 0 for none
   */
  public MemoryNeed edit(EditOutline outline, long judge, long drawn) {
    Set<String> changed = Set.copyOf(outline.edit().changed());
    MemoryNeed edit =
        outline.batch() > 0
            ? training(
                outline.trained(),
                outline.keepsBase(),
                outline.batch(),
                outline.gradientCheckpointing(),
                outline.share())
            : solution(name -> changed.contains("unet/" + name));
    return with(edit, judge, drawn);
  }

  /**
   * Of an inversion: the networks stay as they are, and a pass goes through all of them.
   *
   * @param trained numbers of the new tokens
   * @param checkpointed whether a step computes activations again
   * @param judge as for {@link #edit}
   * @param drawn as for {@link #edit}
   */
  public MemoryNeed inversion(long trained, boolean checkpointed, long judge, long drawn) {
    MemoryNeed training = training(trained, false, 1, checkpointed, 1);
    long vae = Float.BYTES * numbers("vae", name -> true); // the images become latents
    return with(
        new MemoryNeed(
            training.program(),
            0,
            training.weights() + vae,
            training.training(),
            step(1, checkpointed, 1),
            0),
        judge,
        drawn);
  }

  /**
   * Of images that are judged.
   *
   * @param trained whether the whole UNet is trained in between, by one image a step
   * @param judge as for {@link #edit}
   * @param drawn pixels of an image
   */
  public MemoryNeed evaluation(boolean trained, long judge, long drawn) {
    MemoryNeed training =
        trained
            ? training(numbers("unet", name -> true), false, 1, false, 1)
            : new MemoryNeed(0, 0, 0, 0, 0, 0);
    return with(training, judge, drawn);
  }

  private MemoryNeed with(MemoryNeed edit, long judge, long drawn) {
    return new MemoryNeed(
        drawn > 0 ? program() : edit.program(),
        judge,
        edit.weights(),
        edit.training(),
        edit.passes(),
        drawn > 0 ? drawing(drawn) : 0);
  }

  /**
   * Of a training without images.
   *
   * @param trained numbers that are trained
   * @param keepsBase whether they are kept as they were too
   * @param batch images that one step looks at together
   * @param checkpointed whether it computes activations again
   * @param share of the pixels of an image of the model's own size that it looks at
   */
  public MemoryNeed training(
      long trained, boolean keepsBase, int batch, boolean checkpointed, double share) {
    double ofUnet = checkpointed ? bytes() : Float.BYTES; // a graph keeps what was widened
    long weights = Math.round(bytes() * textEncoders() + ofUnet * numbers("unet", name -> true));
    long copies = keepsBase ? 4 : 3; // the gradient and two moments beside
    return new MemoryNeed(
        program(),
        0,
        weights,
        copies * Float.BYTES * trained,
        passes(batch, checkpointed, share),
        0);
  }

  /**
   * Of a solution without images.
   *
   * @param changed the weights of the UNet that it reads, by name without the component
   */
  public MemoryNeed solution(Predicate<String> changed) {
    long weights = Float.BYTES * (textEncoders() + numbers("unet", changed));
    long heap = heap(SOLVING_HEAP + Math.round(SOLVED * weights));
    return new MemoryNeed(SOLVING_LIBRARIES + heap, 0, weights, 0, 0, 0);
  }

  /** Of images of a size. They are decoded one after another, which takes more than a step. */
  public MemoryNeed images(int width, int height) {
    return new MemoryNeed(program(), 0, 0, 0, 0, drawing((long) width * height));
  }

  private long program() {
    return LIBRARIES + heap(HEAP);
  }

  /** Most of a usual heap is garbage of the young generation, which gets a share of the limit. */
  private long heap(long usual) {
    return Math.min(Math.round(YOUNG * heapMax), usual);
  }

  private long drawing(long drawn) {
    long numbers =
        base.tensors().components().stream()
            .mapToLong(component -> numbers(component, name -> true))
            .sum();
    long channels =
        base.tensors().names("vae").stream()
            .filter(
                name -> name.matches("decoder\\.up_blocks\\.\\d+\\.resnets\\.0\\.conv1\\.weight"))
            .mapToLong(name -> base.tensors().shape("vae", name)[1])
            .min()
            .orElse(0);
    return Math.round(bytes() * numbers + Float.BYTES * DECODED * channels * drawn);
  }

  private long textEncoders() {
    return base.textEncoders().stream()
        .mapToLong(encoder -> numbers(encoder.component(), name -> true))
        .sum();
  }

  private long numbers(String component, Predicate<String> chosen) {
    return base.tensors().names(component).stream()
        .filter(chosen)
        .mapToLong(name -> TensorInfo.elements(base.tensors().shape(component, name)))
        .sum();
  }

  private long passes(int batch, boolean checkpointed, double share) {
    return step(batch, checkpointed, share)
        + attention(batch, checkpointed ? SHOWN : KEPT_ATTENTION, share);
  }

  /**
   * A pass of the UNet forward and backward. With checkpoints it keeps what goes from one segment
   * to the next and its gradient, and all that the largest segment does.
   */
  private long step(int batch, boolean checkpointed, double share) {
    Map<String, Double> segments = new HashMap<>();
    double between = 0;
    for (String name : base.tensors().names("unet")) {
      long[] shape = base.tensors().shape("unet", name);
      if (shape.length >= 2) {
        double numbers = share * shape[0] * pixelsOf(name);
        segments.merge(segment(name), KEPT * numbers, Double::sum);
        between += name.matches(SEGMENT_OUTPUT) ? 2 * numbers : 0;
      }
    }
    DoubleStream kept = segments.values().stream().mapToDouble(Double::doubleValue);
    return Math.round(
        Float.BYTES * batch * (checkpointed ? between + kept.max().orElse(0) : kept.sum()));
  }

  /** A layer of a block is its residual block with the attention after it. */
  private static String segment(String name) {
    return name.replaceFirst("^(\\w+_blocks\\.\\d+)\\.\\w+\\.(\\d+)\\..*", "$1.$2")
        .replaceFirst("^mid_block\\..*", "mid_block");
  }

  /** The attention to the prompt of such a pass, where the loss looks at it. */
  private long attention(int batch, int kept, double share) {
    double numbers = 0;
    for (AttentionLayer site : sites) {
      if (site.cross()) {
        numbers += share * kept * site.heads() * pixelsOf(site.name()) * TOKENS;
      }
    }
    return Math.round(Float.BYTES * batch * numbers);
  }

  /** Pixels of the feature maps of a block: a quarter on each level. */
  private double pixelsOf(String name) {
    int level = UNetLevels.of(base.tensors()).of(name);
    return name.contains("time_emb") ? 1 : pixels / Math.pow(4, level);
  }
}
