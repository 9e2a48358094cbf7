package dev.forgetmenot.api.model;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says of which base a draft is: what a manifest keeps of the tensors that the edits change, of the
 * text encoders whose embeddings they use, and of the tokenizer.
 *
 * @param model the base
 */
public record BaseBinding(BaseModel model) {
  /** Bases that agree in values rounded to half are one: an fp32 folder and its fp16 copy. */
  public static final String SAME_VALUES = "same-values";

  /** Enough for edits of text embeddings alone. */
  public static final String SAME_TEXT_ENCODER = "same-text-encoder";

  /**
   * The base of a draft, with the loosest policy under which it is right.
   *
   * @throws IllegalArgumentException if the base lacks what the draft changes
   */
  public Manifest.Base of(PatchDraft draft) throws IOException {
    boolean text = false;
    boolean values = false;
    boolean lists = true;
    Map<String, TreeSet<String>> touched = new TreeMap<>();
    for (PatchEdit edit : draft.edits()) {
      text |= edit.boundByTextEncoder();
      values |= !edit.boundByTextEncoder();
      lists &= edit.kind().minorVersion() == 0; // as the first version of the format did
      edit.changed().forEach(target -> add(touched, new TargetPattern(target)));
    }
    Map<String, Manifest.Component> components = new TreeMap<>();
    for (Map.Entry<String, TreeSet<String>> entry : touched.entrySet()) {
      components.put(entry.getKey(), component(entry.getKey(), entry.getValue(), lists));
    }
    return new Manifest.Base(
        components,
        text ? Optional.of(textEncoder(0)) : Optional.empty(),
        text && model.textEncoders().size() > 1 ? Optional.of(textEncoder(1)) : Optional.empty(),
        Optional.of(
            new Manifest.Tokenizer(
                model.tokenizer().vocabSha256(), model.tokenizer().mergesSha256())),
        model.label(),
        values ? SAME_VALUES : SAME_TEXT_ENCODER);
  }

  private void add(Map<String, TreeSet<String>> touched, TargetPattern pattern) {
    String component = pattern.component();
    List<String> targets = pattern.among(model.tensors().names(component));
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("the base " + model.label() + " has no " + pattern.text());
    }
    TreeSet<String> names = touched.computeIfAbsent(component, c -> new TreeSet<>());
    targets.forEach(target -> names.add(target.substring(component.length() + 1)));
  }

  private Manifest.Component component(String component, Collection<String> names, boolean leaves)
      throws IOException {
    Map<String, String> leavesByName = new TreeMap<>();
    for (String name : leaves ? names : List.<String>of()) {
      leavesByName.put(name, model.tensors().halfLeaf(component, name));
    }
    return new Manifest.Component(
        model.tensors().root(component, names),
        model.tensors().halfRoot(component, names),
        names.size(),
        leavesByName);
  }

  private Manifest.Roots textEncoder(int index) throws IOException {
    String component = model.textEncoders().get(index).component();
    Collection<String> names = model.tensors().names(component);
    return new Manifest.Roots(
        model.tensors().root(component, names), model.tensors().halfRoot(component, names));
  }
}
