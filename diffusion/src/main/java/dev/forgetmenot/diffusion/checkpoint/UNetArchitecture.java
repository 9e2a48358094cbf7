package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.config.UNetConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What the tensors of a UNet tell of its configuration: everything but the number of heads (8 in
 * 1.x, of width 64 in 2.x), the groups of the norms (32 in both), and the size of its images.
 */
record UNetArchitecture(TensorShapes shapes) {
  private static final int HEADS = 8;
  private static final int HEAD_WIDTH = 64;
  private static final int GROUPS = 32;
  private static final double EPS = 1e-5;
  private static final String ADDED = "label_emb.0.0.weight";
  private static final String FILE = "unet/config.json";

  private static final class Level {
    private int channels;
    private int layers;
    private int transformers; // 0 without attention
  }

  /** 2.x, which has linear layers around its transformer blocks, or 1.x, which has convolutions. */
  boolean linear() throws IOException {
    return shapes.rank("middle_block.1.proj_in.weight") == 2;
  }

  /**
   * The configuration.
   *
   * @param sampleSize height and width of the latents of the model's own image size
   * @param pooled width of the pooled text, where the UNet is told of it
   */
  UNetConfig config(int sampleSize, Optional<Integer> pooled) throws IOException {
    List<Level> levels = down();
    List<Integer> channels = levels.stream().map(level -> level.channels).toList();
    List<Integer> up = up(levels);
    boolean linear = linear();
    for (int channel : channels) {
      if (channel % GROUPS != 0) {
        throw shapes.unknown("how many groups the norms of " + channel + " channels have", FILE);
      }
      if (channel % (linear ? HEAD_WIDTH : HEADS) != 0) {
        throw shapes.unknown("how many heads " + channel + " channels have", FILE);
      }
    }
    int width = shapes.side("middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1);
    int middle = shapes.count("middle_block.1.transformer_blocks.");
    return new UNetConfig(
        sampleSize,
        shapes.side("input_blocks.0.0.weight", 1),
        shapes.side("out.2.weight", 0),
        channels,
        levels.stream().map(level -> level.transformers > 0).toList(),
        up.stream().map(count -> count > 0).toList(),
        levels.stream().map(level -> level.layers).toList(),
        transformers(levels, Math.max(1, middle)),
        up.stream().map(count -> Math.max(1, count)).toList(),
        channels.stream().map(channel -> linear ? channel / HEAD_WIDTH : HEADS).toList(),
        Collections.nCopies(channels.size(), width),
        linear,
        GROUPS,
        EPS,
        1,
        true,
        0,
        shapes.side("time_embed.0.weight", 0),
        shapes.side("input_blocks.0.0.weight", 2),
        shapes.side("out.2.weight", 2),
        textTime(pooled));
  }

  /** Of each resolution, the largest first; the middle has as many as the smallest. */
  private static List<Integer> transformers(List<Level> levels, int middle) {
    List<Integer> counts = new ArrayList<>();
    for (Level level : levels) {
      boolean smallest = counts.size() == levels.size() - 1;
      counts.add(level.transformers > 0 ? level.transformers : smallest ? middle : 1);
    }
    return counts;
  }

  private Optional<UNetConfig.TextTime> textTime(Optional<Integer> pooled) throws IOException {
    if (pooled.isEmpty()) {
      return Optional.empty();
    }
    int inputs = shapes.side(ADDED, 1);
    return Optional.of(
        new UNetConfig.TextTime((inputs - pooled.get()) / UNetConfig.TextTime.SIZES, inputs));
  }

  private List<Level> down() throws IOException {
    List<Level> levels = new ArrayList<>();
    Level level = new Level();
    int count = shapes.count("input_blocks.");
    for (int i = 1; i < count; i++) {
      String block = "input_blocks." + i + ".";
      if (shapes.has(block + "0.op.weight")) {
        levels.add(level);
        level = new Level();
        continue;
      }
      level.layers++;
      level.channels = shapes.side(block + "0.out_layers.3.weight", 0);
      level.transformers = shapes.count(block + "1.transformer_blocks.");
    }
    levels.add(level);
    for (Level each : levels) {
      if (each.layers == 0) {
        // A file that ends with a sampling layer, or begins with one.
        throw new IOException(
            shapes.where() + ": the blocks of its UNet are not those of Stable Diffusion");
      }
    }
    return levels;
  }

  /** Transformer blocks of each resolution on the way up, the smallest resolution first. */
  private List<Integer> up(List<Level> levels) {
    List<Integer> transformers = new ArrayList<>();
    int at = 0;
    for (int i = levels.size() - 1; i >= 0; i--) {
      transformers.add(shapes.count("output_blocks." + at + ".1.transformer_blocks."));
      at += levels.get(i).layers + 1;
    }
    return transformers;
  }
}
