package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.evaluation.statement.TestResult.Outcome;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.patching.trust.TrustDecision;
import dev.forgetmenot.patching.trust.TrustState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch verify}: whether a patch is from someone whom the user trusts. */
@Command(
    name = "verify",
    description = {
      "Check a patch and its signatures, in the file and in FILE.sig.",
      "Ends with 0 only if a key that you trust has signed it and nothing was revoked, "
          + "whatever the policy says. Changes nothing.",
      "Statements of fmn attest beside the file are shown, and asked for by --require-evidence."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand extends ContextCommand {
  @Parameters(paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path file;

  @Option(
      names = "--signature",
      paramLabel = "SIG",
      description = "More signatures beside the file; repeatable.")
  private List<Path> detached = new ArrayList<>();

  @Option(
      names = "--statement",
      paramLabel = "JSON",
      description = "More statements of fmn attest than those beside the file; repeatable.")
  private List<Path> statements = new ArrayList<>();

  @Option(
      names = "--require-evidence",
      description =
          "End with 0 only if a key that you trust also states that the patch PASSED its tests,"
              + " at strength 1.")
  private boolean requireEvidence;

  @Option(
      names = "--accept-warned",
      description =
          "Like --require-evidence, but WARNED is enough: no row was reached, and some were not"
              + " tested.")
  private boolean acceptWarned;

  @Mixin private TrustOptions trust;

  VerifyCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    TrustState records = trust.store().read();
    try (PatchFile patch = PatchFile.open(file)) {
      SignedPatch signed = SignedPatch.of(patch, detached);
      SignatureReport.title(patch).forEach(context::say);
      new SignatureReport(records, signed).lines().forEach(context::say);
      StatementReport stated = StatementReport.of(records, signed.path(), signed.id(), statements);
      stated.lines().forEach(context::say);
      TrustDecision verdict = TrustDecision.of(records, signed);
      Optional<PatchFormatException> failure = verdict.failure();
      if (failure.isPresent()) {
        throw failure.get();
      }
      if (requireEvidence || acceptWarned) {
        stated.evidence(acceptWarned ? Outcome.WARNED : Outcome.PASSED);
      }
      context.say("good: by " + verdict.signer().orElseThrow().label() + ", whom you trust");
    }
    return ExitCodes.DONE;
  }
}
