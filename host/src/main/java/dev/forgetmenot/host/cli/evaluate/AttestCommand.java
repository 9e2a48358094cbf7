package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.statement.AttestedReport;
import dev.forgetmenot.evaluation.statement.FoundStatement;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.KeyOption;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn attest}: a signed statement of what an evaluation found. */
@Command(
    name = "attest",
    description = {
      "State by your key what a report of fmn evaluate found of a patch: a signed file beside the patch, which stays as it is.",
      "Others see it by fmn patch verify. docs/trust.md says what it is good for."
    },
    mixinStandardHelpOptions = true)
public final class AttestCommand extends ContextCommand {
  private static final String ENDING = ".fmnpatch";

  @Parameters(paramLabel = "DIR", description = "The folder of the report.")
  private Path folder;

  @Mixin private KeyOption keyOption;

  @ArgGroup private Tested tested;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Another name for the statement.")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  /** What was tested, where it is named. */
  private static final class Tested {
    @Option(
        names = "--patch",
        paramLabel = "FILE",
        description =
            "The patch that was evaluated: the statement is written beside it (default: into DIR).")
    private Path patch;

    @Option(
        names = "--stack",
        paramLabel = "FILE",
        description =
            "The .fmnstack that was evaluated; needed where the report is of several patches.")
    private Path stack;
  }

  /** A command, whose options are filled in before it is called. */
  public AttestCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    AttestedReport report = AttestedReport.read(folder);
    Path subject = subject(report);
    boolean ofStack = tested != null && tested.stack != null;
    Statement statement =
        ofStack ? report.ofStack(subject) : report.ofPatch(String.valueOf(subject.getFileName()));
    SigningKey key = keyOption.read(context.console());
    Path file =
        overwrite.check(
            output == null ? SignedStatement.fileOf(subject, key.verification()) : output);
    SignedStatement.write(file, statement, key);
    String digest = statement.subjects().get(0).digest().values().iterator().next();
    context.say(FoundStatement.read(file, digest, List.of()).summary());
    context.say(
        Message.of(
            "stated of %s, SHA-256 %s, by the key %s",
            subject.getFileName(), digest, key.verification().id()));
    context.say("wrote " + file);
    return ExitCodes.DONE;
  }

  /** The patch or stack, or where the patch would lie in the folder of the report. */
  private Path subject(AttestedReport report) throws IOException {
    if (tested != null && tested.stack != null) {
      return tested.stack;
    }
    Map<String, String> ids =
        report.patch().map(one -> Map.of(one.id(), one.name())).orElse(Map.of());
    if (tested != null) {
      String id = PatchFile.header(tested.patch).id();
      if (!ids.isEmpty() && !ids.containsKey(id)) {
        throw new IllegalArgumentException(
            Message.of(
                "%s has the id %s, and the report is of %s: name the patch that was evaluated",
                tested.patch, id, ids));
      }
      return tested.patch;
    }
    Path reports = Files.isDirectory(folder) ? folder : folder.toAbsolutePath().getParent();
    String name = ids.values().stream().findFirst().orElse("patch");
    return reports.resolve(name.endsWith(ENDING) ? name : name + ENDING);
  }
}
