package dev.forgetmenot.host.model;

import dev.forgetmenot.api.model.BaseTensors;

/**
 * The levels of a UNet, each with feature maps of half the height and width of the one before.
 *
 * @param count how many; the first, 0, has the size of the latents
 */
public record UNetLevels(int count) {
  /** Those of a model. */
  public static UNetLevels of(BaseTensors tensors) {
    return new UNetLevels(
        (int)
            tensors.names("unet").stream()
                .filter(name -> name.startsWith("down_blocks."))
                .map(name -> name.split("\\.", -1)[1])
                .distinct()
                .count());
  }

  /** The level on which the block of a layer begins. */
  public int of(String layer) {
    String[] parts = layer.split("\\.", -1);
    return switch (parts[0]) {
      case "down_blocks" -> Integer.parseInt(parts[1]);
      case "up_blocks" -> count - 1 - Integer.parseInt(parts[1]);
      case "mid_block" -> count - 1;
      default -> 0;
    };
  }
}
