package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.edit.Authorship;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.PatchName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user says of a patch whose content comes from files.
 *
 * @param name lower case with hyphens; empty for one from the file's name
 * @param description a sentence; empty for one that says where the content is from
 * @param operation {@code forget} or {@code correct}
 * @param concepts what is forgotten or corrected; empty for the name
 * @param kind of the concepts
 * @param authorship by whom, under which licence, and why
 */
public record PatchNaming(
    Optional<String> name,
    Optional<String> description,
    String operation,
    List<String> concepts,
    ConceptType kind,
    Authorship authorship) {
  /** Copies the list. */
  public PatchNaming {
    concepts = List.copyOf(concepts);
  }

  /** Nothing said: the names are the file's. */
  public static PatchNaming ofFile() {
    return new PatchNaming(
        Optional.empty(),
        Optional.empty(),
        "forget",
        List.of(),
        ConceptType.OBJECT,
        Authorship.NONE);
  }

  /**
   * The draft of a patch.
   *
   * @param file that names it where the user does not
   * @param origin a sentence that says where the content is from
   * @param edits what is changed
   * @param method word for the recipe
   * @param parameters for the recipe
   */
  PatchDraft draft(
      Path file,
      String origin,
      List<PatchEdit> edits,
      String method,
      Map<String, String> parameters) {
    String called = name.orElseGet(() -> slug(file));
    List<String> labels = concepts.isEmpty() ? List.of(called) : concepts;
    PatchDraft draft =
        new PatchDraft(
            called,
            description.orElse(origin),
            new Manifest.Intent(
                operation,
                labels.stream()
                    .map(label -> new Manifest.IntentConcept(label, kind.word(), List.of(label)))
                    .toList()),
            edits,
            new Manifest.Recipe(
                method, parameters, 0, 0, "fmn", HostVersions.read().program(), List.of()),
            List.of(),
            Map.of());
    return authorship.of(draft);
  }

  private static String slug(Path file) {
    String stem = String.valueOf(file.getFileName()).replaceFirst("\\.[A-Za-z]+$", "");
    String slug = PatchName.slug(stem);
    return slug.isEmpty() ? "imported" : slug;
  }
}
