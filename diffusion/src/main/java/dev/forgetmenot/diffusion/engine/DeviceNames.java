package dev.forgetmenot.diffusion.engine;

import ai.djl.Device;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of devices as PyTorch writes them. */
final class DeviceNames {
  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");

  private DeviceNames() {}

  /**
   * The device of a name.
   *
   * @param gpus how many CUDA devices the engine sees
   * @throws IllegalArgumentException if the name is not one or there is no such device
   */
  static Device parse(String name, int gpus) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    Matcher cuda = CUDA.matcher(name);
    if (!cuda.matches()) {
      throw new IllegalArgumentException(
          "device '" + name + "' is not known; write cpu, cuda or cuda:N (N from 0)");
    }
    int index = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
    if (index >= gpus) {
      throw new IllegalArgumentException(
          "device '"
              + name
              + "' is not there: the engine sees "
              + gpus
              + " CUDA devices; use cpu, or install a CUDA build of libtorch (docs/gpu.md)");
    }
    return Device.gpu(index);
  }
}
