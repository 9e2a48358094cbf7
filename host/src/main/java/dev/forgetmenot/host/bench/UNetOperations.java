package dev.forgetmenot.host.bench;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.host.model.UNetLevels;
import java.util.List;

/**
 * Floating point operations of a prediction of the UNet, two for a multiplication with its
 * addition, counted from the shapes of the weights. Norms, activations and sums are left out, as
 * PyTorch's counter does.
 *
 * @param convolutions of kernels, those of 1 × 1 too
 * @param products of matrices of weights
 * @param attention of queries with keys, and of their shares with values
 */
record UNetOperations(double convolutions, double products, double attention) {
  /** Where a prediction is made. */
  private record Maps(int batch, long height, long width, long tokens, UNetLevels levels) {
    /** Rows that a weight of this name is applied to. */
    double rows(String name) {
      if (name.contains("time_emb")) {
        return batch;
      }
      if (name.contains(".attn2.to_k.") || name.contains(".attn2.to_v.")) {
        return (double) batch * tokens;
      }
      return batch * pixels(name);
    }

    /** Pixels of the map that a layer puts out. */
    double pixels(String name) {
      int level = levels.of(name);
      if (name.contains(".downsamplers.")) {
        level++;
      } else if (name.contains(".upsamplers.")) {
        level--;
      }
      return (double) side(height, level) * side(width, level);
    }

    private static long side(long pixels, int level) {
      return level == 0 ? pixels : (side(pixels, level - 1) + 1) / 2;
    }
  }

  /**
   * Counts.
   *
   * @param tensors of the model
   * @param sites the UNet's attention layers
   * @param height of the latents
   * @param width of the latents
   * @param tokens of a prompt
   */
  static UNetOperations of(
      BaseTensors tensors,
      List<AttentionLayer> sites,
      int batch,
      long height,
      long width,
      long tokens) {
    Maps maps = new Maps(batch, height, width, tokens, UNetLevels.of(tensors));
    double convolutions = 0;
    double products = 0;
    for (String name : tensors.names("unet")) {
      long[] shape = tensors.shape("unet", name);
      double operations = 2 * maps.rows(name);
      for (long side : shape) {
        operations *= side;
      }
      convolutions += shape.length == 4 ? operations : 0;
      products += shape.length == 2 ? operations : 0;
    }
    double attention = 0;
    for (AttentionLayer site : sites) {
      double pixels = maps.pixels(site.name());
      long wide = tensors.shape("unet", site.name() + ".to_q.weight")[0];
      attention += 4 * batch * pixels * (site.cross() ? tokens : pixels) * wide;
    }
    return new UNetOperations(convolutions, products, attention);
  }

  double all() {
    return convolutions + products + attention;
  }
}
