package dev.forgetmenot.diffusion.checkpoint;

import java.util.HashMap;
import java.util.Map;

/** Names of modules, and what the layers inside some of them are called. */
final class ModuleNames {
  private record Module(String original, Map<String, String> inside) {}

  private final Map<String, Module> modules = new HashMap<>();

  /** A module whose layers have the same names in both. */
  void put(String canonical, String original) {
    put(canonical, original, Map.of());
  }

  /** A module whose layers have other names. */
  void put(String canonical, String original, Map<String, String> inside) {
    modules.put(canonical, new Module(original, inside));
  }

  /** The original name of a tensor by the innermost module that is known. */
  String original(String tensor) {
    for (int end = tensor.lastIndexOf('.'); end > 0; end = tensor.lastIndexOf('.', end - 1)) {
      Module module = modules.get(tensor.substring(0, end));
      if (module != null) {
        return module.original + "." + inside(module, tensor.substring(end + 1));
      }
    }
    throw new IllegalStateException("no rule for " + tensor);
  }

  /** {@code conv1.weight}, {@code to_out.0.bias}: the last word stays. */
  private static String inside(Module module, String rest) {
    int dot = rest.lastIndexOf('.');
    if (dot < 0) {
      return rest;
    }
    String layer = rest.substring(0, dot);
    return module.inside.getOrDefault(layer, layer) + rest.substring(dot);
  }
}
