package dev.forgetmenot.patch;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What no single member of a manifest can say: its parts must agree with one another. */
final class ManifestCheck {
  private static final Pattern DOCUMENT =
      Pattern.compile("docs/(readme\\.md|[a-z0-9][a-z0-9._-]{0,91}\\.png)");

  private final String where;
  private final Manifest manifest;

  private ManifestCheck(String where, Manifest manifest) {
    this.where = where;
    this.manifest = manifest;
  }

  /**
   * Checks it.
   *
   * @throws PatchFormatException FMN-209, naming the parts that disagree
   */
  static void run(String where, Manifest manifest) throws PatchFormatException {
    ManifestCheck check = new ManifestCheck(where, manifest);
    check.entries();
    check.edits();
    check.leaves();
  }

  /** Every entry is a document or belongs to one edit; a newer minor version may know more. */
  private void entries() throws PatchFormatException {
    Set<String> used = new HashSet<>();
    for (Manifest.Edit edit : manifest.edits()) {
      if (!used.add(edit.entry())) {
        throw refuse("uses " + edit.entry() + " for two edits");
      }
    }
    Set<String> listed = new HashSet<>();
    boolean newer = manifest.version().minor() > Manifest.CURRENT.minor();
    for (Manifest.Entry entry : manifest.entries()) {
      String path = entry.path();
      if (!listed.add(path)) {
        throw refuse("lists " + path + " twice");
      }
      if (!used.contains(path) && !DOCUMENT.matcher(path).matches() && !newer) {
        throw refuse("lists " + path + ", which is no document and which no edit uses");
      }
    }
    for (String entry : used) {
      if (!listed.contains(entry)) {
        throw refuse("does not list " + entry + ", which an edit uses");
      }
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
      if (!ids.add(edit.id()) || edit.targets().isEmpty()) {
        throw refuse("edit " + edit.id() + " is there twice or has no target");
      }
    }
  }

  /** The base has exactly one leaf for every touched tensor, and its root is theirs. */
  private void leaves() throws PatchFormatException {
    Map<String, Set<String>> touched = new TreeMap<>();
    for (Manifest.Edit edit : manifest.edits()) {
      String prefix = edit.component() + "/";
      Set<String> names = touched.computeIfAbsent(edit.component(), c -> new TreeSet<>());
      for (Manifest.Target target : edit.targets()) {
        if (!target.target().startsWith(prefix)) {
          throw refuse(
              "target " + target.target() + " is not of the component " + edit.component());
        }
        if (!names.add(target.target().substring(prefix.length()))) {
          throw refuse("target " + target.target() + " is there twice");
        }
      }
    }
    Map<String, Manifest.Component> components = manifest.base().components();
    if (!components.keySet().equals(touched.keySet())) {
      throw refuse("has a base of " + components.keySet() + " and edits of " + touched.keySet());
    }
    for (Map.Entry<String, Set<String>> entry : touched.entrySet()) {
      Manifest.Component component = components.get(entry.getKey());
      if (!component.leaves().keySet().equals(entry.getValue())) {
        throw refuse("does not have one leaf for each target of " + entry.getKey());
      }
      if (!BaseIdentity.root(component.leaves()).equals(component.f16())) {
        throw refuse("has leaves of " + entry.getKey() + " that do not make its f16 root");
      }
    }
  }

  private PatchFormatException refuse(String why) {
    return new PatchFormatException(PatchError.INCONSISTENT, where, why + "; get the file again");
  }
}
