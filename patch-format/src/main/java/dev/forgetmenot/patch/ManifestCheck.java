package dev.forgetmenot.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.DeclaredTensor;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What no single member of a manifest can say: its parts must agree with one another. */
final class ManifestCheck {
  private static final Pattern DOCUMENT =
      Pattern.compile("docs/(readme\\.md|[a-z0-9][a-z0-9._-]{0,91}\\.png)");

  private static final Pattern TENSORS =
      Pattern.compile("tensors/[a-z0-9][a-z0-9._-]{0,83}\\.safetensors");

  private final String where;
  private final Manifest manifest;

  private ManifestCheck(String where, Manifest manifest) {
    this.where = where;
    this.manifest = manifest;
  }

  /**
   * Checks it.
   *
   * @throws PatchFormatException FMN-209, naming the parts that disagree; FMN-118 if an image has
   *     too many bytes
   */
  static void run(String where, Manifest manifest) throws PatchFormatException {
    ManifestCheck check = new ManifestCheck(where, manifest);
    check.entries();
    check.previews();
    check.edits();
    check.names();
    check.targets();
    check.base();
    check.version();
  }

  /** Every entry is a document or belongs to one edit; a newer minor version may know more. */
  private void entries() throws PatchFormatException {
    Set<String> used = new HashSet<>();
    for (Manifest.Edit edit : manifest.edits()) {
      if (!TENSORS.matcher(edit.entry()).matches()) {
        throw refuse("uses " + edit.entry() + " for an edit; such entries are in tensors/");
      }
      if (!used.add(edit.entry())) {
        throw refuse("uses " + edit.entry() + " for two edits");
      }
    }
    Set<String> listed = new HashSet<>();
    boolean newer = manifest.version().minor() > Manifest.CURRENT.minor();
    for (Manifest.Entry entry : manifest.entries()) {
      String path = entry.path();
      if (path.equals("mimetype")
          || path.equals("manifest.json")
          || path.startsWith("signatures/")) {
        throw refuse("lists " + path + ", which a manifest never does");
      }
      if (!listed.add(path)) {
        throw refuse("lists " + path + " twice");
      }
      if (!used.contains(path) && !DOCUMENT.matcher(path).matches() && !newer) {
        throw refuse("lists " + path + ", which is not a document and which no edit uses");
      }
    }
    for (String entry : used) {
      if (!listed.contains(entry)) {
        throw refuse("does not list " + entry + ", which an edit uses");
      }
    }
  }

  /** Every preview is a PNG document of its own, listed and not too large. */
  private void previews() throws PatchFormatException {
    Map<String, Long> sizes = new HashMap<>();
    manifest.entries().stream()
        .filter(entry -> DOCUMENT.matcher(entry.path()).matches() && entry.path().endsWith(".png"))
        .forEach(entry -> sizes.put(entry.path(), entry.size()));
    for (PatchPreview preview : manifest.previews()) {
      String entry = preview.entry();
      Long size = sizes.remove(entry);
      if (size == null) {
        throw refuse(
            "shows " + entry + ", which is no image in docs/ that it lists and shows once");
      }
      PatchPreview.checkSize(where + ": " + entry, size);
      if (preview.side() == PatchPreview.Side.BEFORE && preview.strength() != 0) {
        throw refuse(
            "shows "
                + entry
                + " as drawn before the patch and at its strength "
                + preview.strength());
      }
    }
  }

  private void version() throws PatchFormatException {
    int minor = manifest.version().minor();
    int needed = manifest.neededMinor(Manifest.PLAIN_CAPACITY);
    if (minor < needed) {
      throw refuse("says version 1." + minor + " and uses what came with version 1." + needed);
    }
  }

  private void edits() throws PatchFormatException {
    if (manifest.edits().isEmpty()) {
      throw refuse("has no edits");
    }
    Set<String> ids = new HashSet<>();
    for (Manifest.Edit edit : manifest.edits()) {
      Manifest.Strength s = edit.strength();
      if (!(s.min() <= s.standard() && s.standard() <= s.max())) {
        throw refuse(
            "edit " + edit.id() + ": its strengths are not in the order min, default, max");
      }
      if (!ids.add(edit.id())) {
        throw refuse("edit " + edit.id() + " is there twice");
      }
      if (edit.content().changed().isEmpty() && edit.content().tokens().isEmpty()) {
        throw refuse("edit " + edit.id() + " has no target");
      }
    }
  }

  /** What each edit changes is of its component, and named once within a kind. */
  private void targets() throws PatchFormatException {
    Set<String> named = new HashSet<>();
    for (Manifest.Edit edit : manifest.edits()) {
      for (String target : edit.content().changed()) {
        if (!target.startsWith(edit.component() + "/")) {
          throw refuse("target " + target + " is not of the component " + edit.component());
        }
        if (!named.add((edit.boundByTextEncoder() ? edit.id() : edit.kind()) + " " + target)) {
          throw refuse("target " + target + " is there twice");
        }
      }
    }
  }

  /** Names within one edit are different, and a closed form's sides are those of its targets. */
  private void names() throws PatchFormatException {
    for (Manifest.Edit edit : manifest.edits()) {
      Set<String> names = new HashSet<>();
      for (DeclaredTensor tensor : edit.content().tensors()) {
        if (!names.add(tensor.name())) {
          throw refuse("edit " + edit.id() + " declares " + tensor.name() + " twice");
        }
      }
      if (names.isEmpty()) {
        throw refuse("edit " + edit.id() + " changes nothing");
      }
      Optional<String> contradiction = edit.content().contradiction();
      if (contradiction.isPresent()) {
        throw refuse("edit " + edit.id() + contradiction.get());
      }
      if (!edit.content().tokens().isEmpty() && !edit.component().equals("text_encoder")) {
        throw refuse("edit " + edit.id() + " adds tokens to " + edit.component());
      }
    }
  }

  /** The base says of each changed component what it was, and of the text encoder if need be. */
  private void base() throws PatchFormatException {
    Map<String, Set<String>> named = new TreeMap<>();
    Set<String> patterned = new HashSet<>();
    for (Manifest.Edit edit : manifest.edits()) {
      if (edit.content().changed().isEmpty()) {
        continue;
      }
      Set<String> names = named.computeIfAbsent(edit.component(), c -> new TreeSet<>());
      if (!edit.boundByTextEncoder()) {
        int prefix = edit.component().length() + 1;
        edit.content().changed().forEach(target -> names.add(target.substring(prefix)));
      } else {
        patterned.add(edit.component());
      }
    }
    Map<String, Manifest.Component> components = manifest.base().components();
    if (!components.keySet().equals(named.keySet())) {
      throw refuse("has a base of " + components.keySet() + " and edits of " + named.keySet());
    }
    for (Map.Entry<String, Set<String>> entry : named.entrySet()) {
      Manifest.Component component = components.get(entry.getKey());
      if (!component.leaves().isEmpty()) {
        leaves(entry.getKey(), component, entry.getValue());
      } else if (component.touched() < entry.getValue().size()
          || (component.touched() > entry.getValue().size()
              && !patterned.contains(entry.getKey()))) {
        throw refuse(
            Message.of(
                "says that %s tensors of %s are touched and names %s",
                component.touched(), entry.getKey(), entry.getValue().size()));
      }
    }
    if (manifest.boundByTextEncoder()
        && (manifest.base().textEncoder().isEmpty() || manifest.base().tokenizer().isEmpty())) {
      throw refuse("does not say of which text encoder and tokenizer its text embeddings are");
    }
  }

  /** The base has exactly one leaf for every touched tensor, and its root is theirs. */
  private void leaves(String name, Manifest.Component component, Set<String> touched)
      throws PatchFormatException {
    if (!component.leaves().keySet().equals(touched)) {
      throw refuse("does not have one leaf for each target of " + name);
    }
    if (!BaseIdentity.root(component.leaves()).equals(component.f16())) {
      throw refuse("has leaves of " + name + " that do not make its f16 root");
    }
  }

  private PatchFormatException refuse(String why) {
    return new PatchFormatException(PatchError.INCONSISTENT, where, why + "; get the file again");
  }
}
