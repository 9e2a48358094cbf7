package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.Message;
import java.util.List;

/** Images to arrays and back. For the engine thread. */
final class ImageTensors {
  private ImageTensors() {}

  /**
   * A decoded array as an image, rounded as diffusers does.
   *
   * @param decoded (1, 3, H, W), about [-1, 1]
   * @throws ArithmeticException if a value is NaN, which would be a black pixel
   */
  static RgbImage image(NDArray decoded) {
    int height = (int) decoded.getShape().get(2);
    int width = (int) decoded.getShape().get(3);
    float[] values = decoded.toFloatArray();
    int plane = height * width;
    byte[] rgb = new byte[3 * plane];
    for (int p = 0; p < plane; p++) {
      for (int channel = 0; channel < 3; channel++) {
        float value = values[channel * plane + p];
        if (Float.isNaN(value)) {
          throw new ArithmeticException(
              "the VAE decoded latents that are numbers to an image that is not (NaN); its weights do"
                  + " not fit 32-bit arithmetic or are damaged: take the VAE of another copy of the"
                  + " model");
        }
        float unit = Math.max(0, Math.min(1, value / 2 + 0.5f));
        rgb[3 * p + channel] = (byte) Math.rint(unit * 255);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  /**
   * Images as the VAE takes them.
   *
   * @return (b, 3, H, W) in [-1, 1]; the caller closes it
   * @throws IllegalArgumentException if the sizes differ or are no multiples of the stride
   */
  static NDArray array(NDManager manager, List<RgbImage> images, int stride) {
    int width = images.get(0).width();
    int height = images.get(0).height();
    ImageSize.check(width, height, stride);
    int plane = height * width;
    float[] values = new float[images.size() * 3 * plane];
    int at = 0;
    for (RgbImage image : images) {
      if (image.width() != width || image.height() != height) {
        throw new IllegalArgumentException(
            Message.of(
                "images of one batch should have one size, not %s × %s and %s × %s",
                width, height, image.width(), image.height()));
      }
      for (int channel = 0; channel < 3; channel++) {
        for (int p = 0; p < plane; p++) {
          values[at++] = (image.rgb()[3 * p + channel] & 0xff) / 255f * 2 - 1;
        }
      }
    }
    return manager.create(values, new Shape(images.size(), 3, height, width));
  }
}
