package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.model.RgbImage;
import java.util.List;
import java.util.Map;

/**
 * Embeds an image of one pixel by its three colours, and known texts.
 *
 * @param digest of the embedder
 * @param known texts; empty for no text tower
 */
public record PixelEmbedder(String digest, Map<String, float[]> known) implements ImageEmbedder {
  static RgbImage image(int red, int green, int blue) {
    return new RgbImage(1, 1, new byte[] {(byte) red, (byte) green, (byte) blue});
  }

  @Override
  public String label() {
    return "CLIP ViT-X of pixels/";
  }

  @Override
  public float[][] images(List<RgbImage> images) {
    return images.stream()
        .map(
            image -> {
              byte[] rgb = image.rgb();
              return unit(rgb[0] & 0xff, rgb[1] & 0xff, rgb[2] & 0xff);
            })
        .toArray(float[][]::new);
  }

  static float[] unit(double x, double y, double z) {
    double length = Math.sqrt(x * x + y * y + z * z);
    return new float[] {(float) (x / length), (float) (y / length), (float) (z / length)};
  }

  @Override
  public boolean readsTexts() {
    return !known.isEmpty();
  }

  @Override
  public float[][] texts(List<String> texts) {
    return texts.stream().map(known::get).toArray(float[][]::new);
  }

  @Override
  public void close() {}
}
