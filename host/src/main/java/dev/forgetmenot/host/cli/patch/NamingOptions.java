package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.host.cli.shell.AuthorshipOptions;
import dev.forgetmenot.host.interop.PatchNaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands whose patch is of files, not of words. */
final class NamingOptions {
  /** What a patch does. */
  enum Operation {
    FORGET,
    CORRECT
  }

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The patch's name, lower case with hyphens (default: the file's).")
  private String name;

  @Option(
      names = "--description",
      paramLabel = "TEXT",
      description = "A sentence for people (default: where it comes from).")
  private String description;

  @Option(
      names = "--operation",
      paramLabel = "WORD",
      defaultValue = "forget",
      description = "What the patch does: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Operation operation;

  @Option(
      names = "--concept",
      paramLabel = "WORDS",
      description = "What it forgets or corrects; repeatable (default: the name).")
  private List<String> concepts = new ArrayList<>();

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "object",
      description = "Of the concepts: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ConceptType kind;

  @Mixin private AuthorshipOptions author;

  PatchNaming naming() {
    return new PatchNaming(
        Optional.ofNullable(name),
        Optional.ofNullable(description),
        operation.name().toLowerCase(Locale.ROOT),
        concepts,
        kind,
        author.authorship());
  }
}
