package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.host.edit.Authorship;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of what is said of a patch beside what it changes. */
public final class AuthorshipOptions {
  @Option(names = "--author", paramLabel = "NAME", description = "Who made it; repeatable.")
  private List<String> authors = new ArrayList<>();

  @Option(
      names = "--license",
      paramLabel = "SPDX",
      defaultValue = "",
      description = "Its licence, such as CC0-1.0.")
  private String license;

  @Option(
      names = "--patch-version",
      paramLabel = "X.Y.Z",
      defaultValue = "1.0.0",
      description = "Its version (default: ${DEFAULT-VALUE}).")
  private String version;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why it was made.")
  private String reason;

  @Option(names = "--requested-by", paramLabel = "TEXT", description = "Who asked for it.")
  private String requestedBy;

  @Option(
      names = "--requires",
      paramLabel = "NAME|ID",
      description = "A patch that must be in the same stack; repeatable.")
  private List<String> requires = new ArrayList<>();

  @Option(
      names = "--conflicts-with",
      paramLabel = "NAME|ID",
      description = "A patch that must not be in the same stack; repeatable.")
  private List<String> conflictsWith = new ArrayList<>();

  @Option(
      names = "--supersedes",
      paramLabel = "NAME|ID",
      description = "A patch that this one takes the place of; repeatable.")
  private List<String> supersedes = new ArrayList<>();

  /** What the user said. */
  public Authorship authorship() {
    Manifest.Stacking stacking = new Manifest.Stacking(0, conflictsWith, requires, supersedes);
    return new Authorship(
        authors,
        license,
        version,
        stacking,
        Optional.ofNullable(reason),
        Optional.ofNullable(requestedBy));
  }
}
