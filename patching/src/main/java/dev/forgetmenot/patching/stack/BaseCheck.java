package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a model is the base that a patch was made on, as far as the patch touches it. */
final class BaseCheck {
  private static final String EXACT = "exact";
  private static final String SAME_VALUES = "same-values";
  private static final String VERSION_2 = "stable-diffusion-v2-";

  /** How near a model is to the base of a patch, nearest first. */
  enum Nearness {
    EXACT(""),
    SAME_VALUES(" (on a copy of its base in another precision)"),
    SAME_TEXT_ENCODER(" (on another model with the same text encoder)"),
    SAME_ARCHITECTURE(" (on another base, as asked)");

    private final String words;

    Nearness(String words) {
      this.words = words;
    }

    /** For people; nothing for the base itself. */
    String words() {
      return words;
    }

    private Nearness and(Nearness other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  private final PatchFile patch;
  private final BaseModel model;
  private final BaseTensors base;
  private final boolean otherBase;

  /**
   * A check.
   *
   * @param otherBase whether other values are fine where names and shapes fit
   */
  BaseCheck(PatchFile patch, BaseModel model, boolean otherBase) {
    this.patch = patch;
    this.otherBase = otherBase;
    this.model = model;
    this.base = model.tensors();
  }

  /**
   * Compares the values that were touched, the text encoder and the tokenizer, as far as the kinds
   * of its edits and its policy ask for.
   *
   * @param targets of each edit, as {@link PatchTargets} found them
   * @throws PatchFormatException FMN-504 or 505
   */
  Nearness run(Map<String, List<String>> targets) throws IOException {
    Manifest manifest = patch.manifest();
    Nearness nearness = Nearness.EXACT;
    for (Map.Entry<String, Set<String>> entry :
        PatchTargets.touched(manifest, targets).entrySet()) {
      nearness = nearness.and(values(entry.getKey(), entry.getValue()));
    }
    if (manifest.boundByTextEncoder()) {
      nearness = nearness.and(textEncoder(0, manifest.base().textEncoder().orElseThrow()));
      if (model.textEncoders().size() > 1) {
        nearness = nearness.and(textEncoder(1, manifest.base().textEncoder2().orElseThrow()));
      }
      checkTokenizer(manifest.base().tokenizer().orElseThrow());
    }
    if (!otherBase && nearness != Nearness.EXACT && manifest.base().policy().equals(EXACT)) {
      throw new PatchFormatException(
          PatchError.VALUES_DIFFER,
          patch.path().toString(),
          Message.of(
              "the patch wants exactly the bytes of its base, and %s has the same values in half"
                  + " precision only; use the base that it names: '%s'",
              base.source(manifest.edits().get(0).component()), manifest.base().label()));
    }
    return nearness;
  }

  /**
   * Whether the model is of the kind that the patch is for.
   *
   * @throws PatchFormatException FMN-501
   */
  void architecture() throws PatchFormatException {
    String made = patch.manifest().architecture();
    String here = model.architecture();
    // The two kinds of version 2 have one text encoder and one UNet; other values say it below.
    boolean same = made.startsWith(VERSION_2) ? here.startsWith(VERSION_2) : made.equals(here);
    if (!same) {
      throw new PatchFormatException(
          PatchError.ARCHITECTURE,
          patch.path().toString(),
          Message.of(
              "the patch is for %s and the model is %s; it fits the base '%s'",
              made, here, patch.manifest().base().label()));
    }
    if (!same(patch.manifest(), model)) {
      throw new PatchFormatException(
          PatchError.ARCHITECTURE,
          patch.path().toString(),
          Message.of(
              "the patch is for a model with %s and this one has %s; it fits the base '%s'",
              encoders(patch.manifest().base().textEncoder2().isPresent() ? 2 : 1),
              encoders(model.textEncoders().size()),
              patch.manifest().base().label()));
    }
  }

  /** Whether as many text encoders are spoken of as there are, where any is. */
  private static boolean same(Manifest manifest, BaseModel model) {
    return !manifest.boundByTextEncoder()
        || manifest.base().textEncoder2().isPresent() == model.textEncoders().size() > 1;
  }

  private static String encoders(int count) {
    return count == 1 ? "one text encoder" : count + " text encoders";
  }

  private Nearness values(String component, Collection<String> names) throws IOException {
    Manifest.Component expected = patch.manifest().base().components().get(component);
    if (base.root(component, names).equals(expected.exact())) {
      return Nearness.EXACT;
    }
    if (base.halfRoot(component, names).equals(expected.f16())) {
      return Nearness.SAME_VALUES;
    }
    String policy = patch.manifest().base().policy();
    boolean byText =
        patch.manifest().edits().stream()
            .filter(edit -> edit.component().equals(component))
            .allMatch(Manifest.Edit::boundByTextEncoder);
    if (byText && !policy.equals(EXACT) && !policy.equals(SAME_VALUES)) {
      return Nearness.SAME_TEXT_ENCODER;
    }
    if (otherBase) {
      return Nearness.SAME_ARCHITECTURE;
    }
    throw differ("the patch was made on other values of " + differing(component, expected, names));
  }

  private String differing(String component, Manifest.Component expected, Collection<String> names)
      throws IOException {
    List<String> differing = new ArrayList<>();
    for (String name : expected.leaves().keySet()) {
      if (!base.halfLeaf(component, name).equals(expected.leaves().get(name))) {
        differing.add(component + "/" + name);
      }
    }
    if (differing.isEmpty()) {
      return "the " + names.size() + " tensors of " + component + " that it changes";
    }
    return Message.some(differing);
  }

  private Nearness textEncoder(int index, Manifest.Roots expected) throws IOException {
    String component = model.textEncoders().get(index).component();
    Collection<String> names = base.names(component);
    if (base.root(component, names).equals(expected.exact())) {
      return Nearness.EXACT;
    }
    if (base.halfRoot(component, names).equals(expected.f16())) {
      return Nearness.SAME_VALUES;
    }
    if (otherBase) {
      return Nearness.SAME_ARCHITECTURE;
    }
    throw differ(
        "the patch speaks of text embeddings of another text encoder"
            + (model.textEncoders().size() > 1 ? " (" + component + ")" : ""));
  }

  private PatchFormatException differ(String why) {
    return new PatchFormatException(
        PatchError.VALUES_DIFFER,
        patch.path().toString(),
        Message.of(
            "%s; it fits the base '%s', not the model in %s; --other-base puts it on nevertheless",
            why,
            patch.manifest().base().label(),
            base.source(patch.manifest().edits().get(0).component())));
  }

  private void checkTokenizer(Manifest.Tokenizer expected) throws IOException {
    if (!model.tokenizer().has(expected.vocabSha256(), expected.mergesSha256())) {
      throw new PatchFormatException(
          PatchError.TOKENIZER,
          patch.path().toString(),
          "the patch was made with another vocabulary than the model's; it fits the base '"
              + patch.manifest().base().label()
              + "'");
    }
  }
}
