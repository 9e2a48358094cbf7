package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@link EditJob} should do.
 *
 * @param editor who does it
 * @param concepts what to change, at least one
 * @param values checked values of the editor's parameters
 * @param patch the file to write; an existing one is replaced, and only by a whole one
 * @param judging by what the images are judged
 * @param report whether images are drawn and judged before and after, and how many
 * @param resume whether to go on from the state that a stopped job left
 * @param authorship what its author says beside what it changes
 */
public record EditRequest(
    ConceptEditor editor,
    List<Concept> concepts,
    Settings values,
    Path patch,
    EvaluationSetup judging,
    ReportSize report,
    boolean resume,
    Authorship authorship) {
  /** Nothing is said beside what it changes. */
  public EditRequest(
      ConceptEditor editor,
      List<Concept> concepts,
      Settings values,
      Path patch,
      EvaluationSetup judging,
      ReportSize report,
      boolean resume) {
    this(editor, concepts, values, patch, judging, report, resume, Authorship.NONE);
  }

  /** Copies the list. */
  public EditRequest {
    concepts = List.copyOf(concepts);
  }

  /** Without a report, from the beginning; for use as a library. */
  public static EditRequest of(
      ConceptEditor editor, List<Concept> concepts, Settings values, Path patch) {
    EvaluationSetup judging = EvaluationSetup.NONE;
    return new EditRequest(editor, concepts, values, patch, judging, ReportSize.NONE, false);
  }

  /** The same, going on from the state that a stopped job left. */
  public EditRequest resuming() {
    return new EditRequest(editor, concepts, values, patch, judging, report, true, authorship);
  }

  /** Where a job that is stopped leaves its state. */
  public Path checkpoint() {
    return patch.resolveSibling(patch.getFileName() + ".checkpoint");
  }

  /**
   * The states that a stopped job left: {@link #checkpoint}, or one with a number for each method
   * that it tried.
   */
  public List<Path> states() throws IOException {
    Path folder = patch.toAbsolutePath().getParent();
    Pattern names = Pattern.compile(Pattern.quote(checkpoint().getFileName() + "") + "(\\.\\d+)?");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> names.matcher(file.getFileName().toString()).matches())
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  /**
   * Asks that there is something to go on from, if that is what should be done.
   *
   * @throws IOException if there is not
   */
  public void checkResumable() throws IOException {
    if (resume && states().isEmpty()) {
      throw new IOException(
          "there is nothing to resume: " + checkpoint() + " is missing; run without --resume");
    }
  }

  /**
   * Asks that there is a report where images of it should go into the patch.
   *
   * @throws IllegalArgumentException if there is none
   */
  public void checkPreviews() {
    if (report.previews() > 0 && !(report.drawn() && judging.possible())) {
      throw new IllegalArgumentException(
          "the images of a patch are those of its report, and none is drawn here: "
              + (report.drawn()
                  ? "the model has no clip/ or no known concepts; --clip and --known-concepts name"
                      + " others"
                  : "the report is turned off")
              + ". Leave --previews out; fmn patch preview adds images later");
    }
  }

  /** Where the images of before and after go: beside the patch. */
  public Path sheet() {
    return beside(".png");
  }

  /** Where the page with the table goes: beside the patch. */
  public Path table() {
    return beside(".md");
  }

  /** What the job writes for its user, in the place of what is there: the patch and its report. */
  public List<Path> files() {
    return report.drawn() && judging.possible() ? List.of(patch, sheet(), table()) : List.of(patch);
  }

  /**
   * A file beside the patch, of its name.
   *
   * @param ending in the place of that of the patch
   */
  public Path beside(String ending) {
    String name = patch.getFileName().toString();
    return patch.resolveSibling(name.replaceFirst("\\.fmnpatch$", "") + ending);
  }
}
