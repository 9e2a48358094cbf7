package dev.forgetmenot.host.job;

import dev.forgetmenot.api.attention.AttentionSite;
import dev.forgetmenot.api.edit.EditOutline;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.MemoryFacts;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * About how much memory a job takes at its peak, in bytes. The numbers of the passes were measured
 * (docs/memory-and-threads.md).
 *
 * @param program the JVM and the engine without a model
 * @param weights of the parts of the model that the job uses
 * @param training gradients, moments and copies of what is trained
 * @param passes what passes of the networks keep
 */
public record MemoryNeed(long program, long weights, long training, long passes) {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** The JVM with its usual heap, and the libraries of the engine. */
  private static final long PROGRAM = 700 * MIB;

  /** The same where no network but the text encoder runs. */
  private static final long SOLVING = 400 * MIB;

  /**
   * Bytes of a solve for each byte of the weights that it reads: the engine's, and Java's copies.
   */
  private static final double SOLVED = 1.6;

  /** Numbers that a training step keeps for each number that a layer puts out. */
  private static final double KEPT = 1.6;

  /** The same for each number of the attention to the prompt that a loss looks at. */
  private static final int KEPT_ATTENTION = 5;

  /** Feature maps of the VAE's largest layer that live together while an image is decoded. */
  private static final double DECODED = 2.75;

  /** Tokens of a prompt. */
  private static final int TOKENS = 77;

  /** An estimate may be off by this share, and a job that would just not fit may fit. */
  private static final double SLACK = 1.25;

  /** Of an edit, without the images of a report. */
  static MemoryNeed of(StableDiffusion model, EditOutline outline) {
    boolean trained = outline.batch() > 0;
    long unet =
        trained
            ? numbers(model.base(), "unet", Set.of())
            : numbers(model.base(), "unet", Set.copyOf(outline.edit().changed()));
    long weights = Float.BYTES * (numbers(model.base(), "text_encoder", Set.of()) + unet);
    if (!trained) {
      return new MemoryNeed(SOLVING, Math.round(SOLVED * weights), 0, 0);
    }
    long copies = outline.keepsBase() ? 4 : 3;
    long training = copies * Float.BYTES * outline.trained();
    return new MemoryNeed(PROGRAM, weights, training, passes(model, outline.batch()));
  }

  /** Of images of a size. They are decoded one after another, which takes more than a step. */
  public static MemoryNeed ofImages(BaseModel base, int width, int height) {
    long numbers =
        Stream.of("text_encoder", "unet", "vae")
            .mapToLong(component -> numbers(base, component, Set.of()))
            .sum();
    long channels =
        base.tensors().names("vae").stream()
            .filter(
                name -> name.matches("decoder\\.up_blocks\\.\\d+\\.resnets\\.0\\.conv1\\.weight"))
            .mapToLong(name -> base.tensors().shape("vae", name)[1])
            .min()
            .orElse(0);
    double decoded = DECODED * Float.BYTES * channels * width * height;
    return new MemoryNeed(PROGRAM, Float.BYTES * numbers, 0, Math.round(decoded));
  }

  /**
   * Numbers of a component's weights.
   *
   * @param chosen full names; empty for all
   */
  private static long numbers(BaseModel base, String component, Set<String> chosen) {
    return base.tensors().names(component).stream()
        .filter(name -> chosen.isEmpty() || chosen.contains(component + "/" + name))
        .mapToLong(
            name ->
                Arrays.stream(base.tensors().shape(component, name)).reduce(1, Math::multiplyExact))
        .sum();
  }

  /** A pass of the UNet forward and backward. */
  private static long passes(StableDiffusion model, int batch) {
    int[] latents = model.latentShape();
    long pixels = (long) latents[1] * latents[2];
    double numbers = 0;
    for (String name : model.base().tensors().names("unet")) {
      long[] shape = model.base().tensors().shape("unet", name);
      if (shape.length >= 2) {
        numbers += KEPT * shape[0] * pixelsOf(name, model, pixels);
      }
    }
    for (AttentionSite site : model.attentionSites()) {
      if (site.cross()) {
        double seen = (double) site.heads() * pixelsOf(site.name(), model, pixels) * TOKENS;
        numbers += KEPT_ATTENTION * seen;
      }
    }
    return Math.round(Float.BYTES * batch * numbers);
  }

  /** Pixels of the feature maps of a block: a quarter on each level. */
  private static double pixelsOf(String name, StableDiffusion model, long pixels) {
    int levels = levels(model);
    String[] parts = name.split("\\.", -1);
    int level =
        switch (parts[0]) {
          case "down_blocks" -> Integer.parseInt(parts[1]);
          case "up_blocks" -> levels - 1 - Integer.parseInt(parts[1]);
          case "mid_block" -> levels - 1;
          default -> 0;
        };
    return name.contains("time_emb") ? 1 : pixels / Math.pow(4, level);
  }

  private static int levels(StableDiffusion model) {
    return (int)
        model.base().tensors().names("unet").stream()
            .filter(name -> name.startsWith("down_blocks."))
            .map(name -> name.split("\\.", -1)[1])
            .distinct()
            .count();
  }

  /** All of it. */
  public long total() {
    return program + weights + training + passes;
  }

  /** What a user is told, such as {@code needs about 14 GB; 21 GB are free}. */
  public String line(MemoryFacts facts) {
    return String.format(
        Locale.ROOT,
        "needs about %s of memory (model %s, training %s, one step %s); %s are free",
        size(total()),
        size(weights),
        size(training),
        size(passes),
        size(free(facts)));
  }

  /** What this process has already is free for it. */
  private static long free(MemoryFacts facts) {
    return facts.available() + facts.resident().orElse(0);
  }

  /**
   * Refuses what cannot do.
   *
   * @param remedy what a user may do instead
   * @throws IOException if much more is needed than is free
   */
  public void check(MemoryFacts facts, String remedy) throws IOException {
    if (total() > SLACK * free(facts)) {
      throw new IOException(
          line(facts) + ": it would fail on the way. Close other programs, or " + remedy);
    }
  }

  /** Such as {@code 14.2 GB} or {@code 3 MB}. */
  static String size(long bytes) {
    return bytes >= GIB / 10
        ? String.format(Locale.ROOT, "%.1f GB", bytes / (double) GIB)
        : (bytes + MIB - 1) / MIB + " MB";
  }
}
