package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * What patches say of each other: which do not go together, which need others, which take the place
 * of others. A patch is named by its id or its name; never itself.
 *
 * @param layers of a stack
 */
record StackRules(List<StackedPatch> layers) {
  StackRules {
    layers = List.copyOf(layers);
  }

  /**
   * Checks them all.
   *
   * @throws PatchFormatException FMN-601 or 602
   */
  void check() throws PatchFormatException {
    for (int i = 0; i < layers.size(); i++) {
      StackedPatch layer = layers.get(i);
      PatchFile file = layer.file();
      Manifest.Stacking stacking = file.manifest().stacking();
      List<StackedPatch> others = new ArrayList<>(layers);
      others.remove(i);
      for (StackedPatch other : others) {
        if (other.file().id().equals(file.id())) {
          throw new PatchFormatException(
              PatchError.CONFLICT,
              layer.where(),
              "is asked for twice; give it once, with the strength that you want");
        }
        if (named(other, stacking.conflictsWith())) {
          throw new PatchFormatException(
              PatchError.CONFLICT,
              layer.where(),
              "does not go together with " + other.where() + "; choose one of them");
        }
        if (named(other, stacking.supersedes())) {
          throw new PatchFormatException(
              PatchError.CONFLICT,
              layer.where(),
              "takes the place of " + other.where() + "; take that one off");
        }
      }
      checkRequired(layer, stacking.requires(), others);
    }
  }

  private static void checkRequired(
      StackedPatch layer, List<String> required, List<StackedPatch> others)
      throws PatchFormatException {
    List<String> missing = new ArrayList<>(required);
    missing.removeIf(name -> others.stream().anyMatch(other -> named(other, List.of(name))));
    if (!missing.isEmpty()) {
      throw new PatchFormatException(
          PatchError.REQUIRES,
          layer.where(),
          "needs "
              + String.join(", ", missing)
              + (missing.size() == 1 ? ", which is" : ", which are")
              + " not in the stack; add what is missing, or take this one off");
    }
  }

  private static boolean named(StackedPatch layer, List<String> names) {
    return names.contains(layer.file().id()) || names.contains(layer.file().manifest().name());
  }
}
