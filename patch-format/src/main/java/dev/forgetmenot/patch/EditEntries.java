package dev.forgetmenot.patch;

import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.EditPart;
import dev.forgetmenot.patch.edit.PatchEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Names what is stored of the edits of a draft, and the entries that it is stored in. */
final class EditEntries {
  /**
   * One edit of the manifest.
   *
   * @param id unlike those of the others
   * @param path of its entry in the archive
   */
  record Entry(String id, String path, EditPart edit) {}

  private EditEntries() {}

  /** The entries, in the order of the draft; what changes several components is split by them. */
  static List<Entry> of(List<PatchEdit> edits) {
    List<EditPart> stored = edits.stream().flatMap(edit -> edit.stored().stream()).toList();
    Map<EditKind, Long> ofKind =
        stored.stream().collect(Collectors.groupingBy(EditPart::kind, Collectors.counting()));
    Map<String, Integer> seen = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (EditPart one : stored) {
      String id = one.kind() + "-" + one.component();
      int number = seen.merge(id, 1, Integer::sum);
      String again = number == 1 ? "" : "-" + number;
      String part =
          ofKind.get(one.kind()) == 1 ? "" : "-" + one.component().replace('_', '-') + again;
      entries.add(new Entry(id + again, "tensors/" + one.kind() + part + ".safetensors", one));
    }
    return entries;
  }
}
