package dev.forgetmenot.patching;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchError;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether a model is the base that a patch was made on, as far as the patch touches it. */
final class BaseCheck {
  private static final int SHOWN = 5;
  private static final String EXACT = "exact";

  private final PatchFile patch;
  private final BaseTensors base;

  BaseCheck(PatchFile patch, BaseTensors base) {
    this.patch = patch;
    this.base = base;
  }

  /**
   * Compares names, shapes and values of every target.
   *
   * @return whether the stored bytes are the same, not only their values rounded to half
   * @throws PatchFormatException FMN-502, 503 or 504, naming the tensors
   */
  boolean run() throws IOException {
    checkTargets();
    boolean exact = true;
    for (Map.Entry<String, Manifest.Component> entry :
        patch.manifest().base().components().entrySet()) {
      exact &= checkValues(entry.getKey(), entry.getValue());
    }
    return exact;
  }

  private void checkTargets() throws PatchFormatException {
    List<String> missing = new ArrayList<>();
    List<String> otherShape = new ArrayList<>();
    for (Manifest.Edit edit : patch.manifest().edits()) {
      for (Manifest.Target target : edit.targets()) {
        String name = local(edit, target);
        long[] shape = target.shape().stream().mapToLong(Long::longValue).toArray();
        if (!base.names(edit.component()).contains(name)) {
          missing.add(target.target());
        } else if (!Arrays.equals(base.shape(edit.component(), name), shape)) {
          otherShape.add(
              target.target()
                  + " "
                  + Arrays.toString(base.shape(edit.component(), name))
                  + " instead of "
                  + target.shape());
        }
      }
    }
    refuse(missing, PatchError.TENSOR_MISSING, "the model has no ");
    refuse(otherShape, PatchError.BASE_SHAPE, "the model's tensors have other shapes: ");
  }

  private boolean checkValues(String component, Manifest.Component expected) throws IOException {
    Map<String, String> exactLeaves = new TreeMap<>();
    List<String> differing = new ArrayList<>();
    for (Manifest.Edit edit : patch.manifest().edits()) {
      if (!edit.component().equals(component)) {
        continue;
      }
      for (Manifest.Target target : edit.targets()) {
        String name = local(edit, target);
        exactLeaves.put(name, base.leaf(component, name));
        if (!base.halfLeaf(component, name).equals(expected.leaves().get(name))) {
          differing.add(target.target());
        }
      }
    }
    refuse(differing, PatchError.VALUES_DIFFER, "the patch was made on other values of ");
    boolean exact = BaseIdentity.root(exactLeaves).equals(expected.exact());
    if (!exact && patch.manifest().base().policy().equals(EXACT)) {
      throw new PatchFormatException(
          PatchError.VALUES_DIFFER,
          patch.path().toString(),
          "the patch wants exactly the bytes of its base, and "
              + base.source(component)
              + " has the same values in half precision only; use the base that it names: '"
              + patch.manifest().base().label()
              + "'");
    }
    return exact;
  }

  private static String local(Manifest.Edit edit, Manifest.Target target) {
    return target.target().substring(edit.component().length() + 1);
  }

  private void refuse(List<String> names, PatchError error, String what)
      throws PatchFormatException {
    if (names.isEmpty()) {
      return;
    }
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    throw new PatchFormatException(
        error,
        patch.path().toString(),
        what
            + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
            + more
            + "; it fits the base '"
            + patch.manifest().base().label()
            + "', not the model in "
            + base.source(patch.manifest().edits().get(0).component()));
  }
}
