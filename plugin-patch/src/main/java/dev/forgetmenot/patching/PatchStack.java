package dev.forgetmenot.patching;

import dev.forgetmenot.api.model.LoadedModel;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchError;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Open patches with their strengths, in the order of their ids:
 *
 * <pre>W = base + Σ strength · delta</pre>
 *
 * summed in double in this order and rounded once, so that the order of the requests does not
 * matter. {@link #close} closes the files.
 */
final class PatchStack implements AutoCloseable {
  private record Layer(PatchRequest request, PatchFile file) {}

  private final List<Layer> layers = new ArrayList<>();

  private PatchStack() {}

  /**
   * Opens the patches of requests.
   *
   * @throws PatchFormatException if one is broken, asked for twice, excluded by another, or its
   *     strength out of range
   */
  static PatchStack open(List<PatchRequest> requests) throws IOException {
    PatchStack stack = new PatchStack();
    try {
      for (PatchRequest request : requests) {
        stack.layers.add(new Layer(request, PatchFile.open(request.file())));
      }
      stack.layers.sort(Comparator.comparing(layer -> layer.file().id()));
      stack.checkStrengths();
      stack.checkConflicts();
      return stack;
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private void checkStrengths() throws PatchFormatException {
    for (Layer layer : layers) {
      double strength = layer.request().strength();
      for (Manifest.Edit edit : layer.file().manifest().edits()) {
        Manifest.Strength range = edit.strength();
        if (!(strength >= range.min() && strength <= range.max())) {
          throw new PatchFormatException(
              PatchError.STRENGTH,
              layer.file().path().toString(),
              "the strength must be in ["
                  + range.min()
                  + ", "
                  + range.max()
                  + "], not "
                  + strength);
        }
      }
    }
  }

  private void checkConflicts() throws PatchFormatException {
    for (int i = 0; i < layers.size(); i++) {
      PatchFile one = layers.get(i).file();
      for (int j = 0; j < layers.size(); j++) {
        PatchFile other = layers.get(j).file();
        if (i < j && one.id().equals(other.id())) {
          throw conflict(one, "is asked for twice; give it once, with the strength that you want");
        }
        List<String> conflicts = one.manifest().stacking().conflictsWith();
        if (i != j
            && (conflicts.contains(other.id()) || conflicts.contains(other.manifest().name()))) {
          throw conflict(one, "does not go together with " + other.path() + "; choose one of them");
        }
      }
    }
  }

  private static PatchFormatException conflict(PatchFile patch, String why) {
    return new PatchFormatException(PatchError.CONFLICT, patch.path().toString(), why);
  }

  /** Checks every patch against the base, then changes the weights: all of them or none. */
  void apply(LoadedModel model) throws IOException {
    Map<PatchRequest, String> descriptions = new LinkedHashMap<>();
    for (Layer layer : layers) {
      boolean exact = new BaseCheck(layer.file(), model.base()).run();
      descriptions.put(layer.request(), describe(layer, exact));
    }
    Map<String, float[]> sums = new LinkedHashMap<>();
    for (String target : targets()) {
      sums.put(target, sum(model.weights(), target));
    }
    sums.forEach(model.weights()::replace);
    descriptions.forEach(model::taken);
  }

  private static String describe(Layer layer, boolean exact) {
    Manifest manifest = layer.file().manifest();
    return manifest.name()
        + "@"
        + manifest.patchVersion()
        + ":"
        + layer.request().strength()
        + (exact ? "" : " (on a copy of its base in another precision)");
  }

  /** All tensors that a patch of a strength other than 0 changes, sorted. */
  private Set<String> targets() {
    Set<String> targets = new TreeSet<>();
    for (Layer layer : layers) {
      if (layer.request().strength() != 0) {
        layer.file().manifest().edits().stream()
            .flatMap(edit -> edit.targets().stream())
            .forEach(target -> targets.add(target.target()));
      }
    }
    return targets;
  }

  private float[] sum(NamedWeights weights, String target) throws IOException {
    float[] base = weights.base(target);
    double[] sum = new double[base.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = base[i];
    }
    for (Layer layer : layers) {
      double strength = layer.request().strength();
      if (strength == 0 || !changes(layer.file(), target)) {
        continue;
      }
      float[] delta = layer.file().delta(target);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += strength * delta[i];
      }
    }
    return rounded(target, sum);
  }

  private static boolean changes(PatchFile patch, String target) {
    return patch.manifest().edits().stream()
        .flatMap(edit -> edit.targets().stream())
        .anyMatch(candidate -> candidate.target().equals(target));
  }

  private float[] rounded(String target, double[] sum) throws PatchFormatException {
    float[] values = new float[sum.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) sum[i];
      if (!Float.isFinite(values[i])) {
        throw new PatchFormatException(
            PatchError.NON_FINITE,
            layers.get(0).file().path().toString(),
            "with these patches " + target + " becomes " + values[i] + "; use smaller strengths");
      }
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Layer layer : layers) {
      try {
        layer.file().close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
