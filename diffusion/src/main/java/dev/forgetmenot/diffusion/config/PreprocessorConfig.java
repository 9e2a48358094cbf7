package dev.forgetmenot.diffusion.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The configuration of a CLIPImageProcessor.
 *
 * @param resize whether images are resized
 * @param shortestEdge length of the shorter edge after resizing, or 0 where height and width are
 *     given
 * @param height after resizing, where the shorter edge is not given
 * @param width after resizing, where the shorter edge is not given
 * @param bicubic Catmull-Rom cubic; otherwise linear
 * @param crop whether the middle is cut out
 * @param cropHeight of the middle
 * @param cropWidth of the middle
 * @param scale what the values 0 to 255 are multiplied by
 * @param mean subtracted from each channel
 * @param std each channel is divided by it
 */
public record PreprocessorConfig(
    boolean resize,
    int shortestEdge,
    int height,
    int width,
    boolean bicubic,
    boolean crop,
    int cropHeight,
    int cropWidth,
    double scale,
    List<Double> mean,
    List<Double> std) {
  private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);
  private static final List<Double> NO_MEAN = List.of(0.0, 0.0, 0.0);
  private static final List<Double> NO_STD = List.of(1.0, 1.0, 1.0);
  private static final int BILINEAR = 2; // the numbers are Pillow's
  private static final int BICUBIC = 3;

  /** Copies the lists. */
  public PreprocessorConfig {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Reads {@code preprocessor_config.json} of a folder. */
  public static PreprocessorConfig read(Path folder) throws IOException {
    return from(ConfigFile.read(folder.resolve("preprocessor_config.json")));
  }

  /**
   * Takes the values.
   *
   * @throws ConfigException naming a key whose value is wrong or not supported
   */
  public static PreprocessorConfig from(ConfigFile file) throws ConfigException {
    file.refuseUnless("resample", BILINEAR, BICUBIC);
    ConfigFile size = file.sizeOf("size", "shortest_edge");
    ConfigFile cropSize = file.sizeOf("crop_size", "height");
    boolean bySides = size.has("height") && size.has("width");
    int cropHeight = cropSize.integer("height", 224, 1);
    boolean normalize = file.flag("do_normalize", true);
    PreprocessorConfig config =
        new PreprocessorConfig(
            file.flag("do_resize", true),
            bySides ? 0 : size.integer("shortest_edge", 224, 1),
            size.integer("height", 224, 1),
            size.integer("width", 224, 1),
            file.integer("resample", BICUBIC, 0) == BICUBIC,
            file.flag("do_center_crop", true),
            cropHeight,
            cropSize.integer("width", cropHeight, 1),
            file.flag("do_rescale", true) ? file.number("rescale_factor", 1 / 255.0) : 1,
            normalize ? file.numbers("image_mean", CLIP_MEAN) : NO_MEAN,
            normalize ? file.numbers("image_std", CLIP_STD) : NO_STD);
    if (config.mean.size() != 3 || config.std.size() != 3) {
      throw new ConfigException(
          file.where(), "image_mean and image_std should have 3 numbers each");
    }
    return config;
  }
}
