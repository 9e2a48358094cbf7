package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.evaluation.statement.FoundStatement;
import dev.forgetmenot.evaluation.statement.TestResult.Outcome;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.trust.TrustState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What others state of a patch or a stack, for people: who says what, and whether the user trusts
 * them.
 *
 * @param records whom the user trusts
 * @param subject the file that the statements are of
 * @param statements those that were found
 */
public record StatementReport(TrustState records, Path subject, List<FoundStatement> statements) {
  /**
   * Looks for statements.
   *
   * @param subject a patch or a stack
   * @param sha256 the patch id, or the digest of the stack's file
   * @param more files beside those that lie beside the subject
   * @throws IOException if the subject's folder cannot be read
   */
  public static StatementReport of(TrustState records, Path subject, String sha256, List<Path> more)
      throws IOException {
    List<VerificationKey> known = records.knownKeys();
    List<FoundStatement> found = new ArrayList<>(FoundStatement.beside(subject, sha256, known));
    for (Path file : more) {
      found.add(FoundStatement.read(file, sha256, known));
    }
    return new StatementReport(records, subject, List.copyOf(found));
  }

  /** A line for each statement. */
  public List<String> lines() {
    return statements.stream()
        .map(
            found ->
                SignatureReport.line(
                    "stated",
                    (found.result().isEmpty() ? found.file().getFileName() + " says " : by(found))
                        + found.summary()))
        .toList();
  }

  private String by(FoundStatement found) {
    return found.signers().stream()
        .map(key -> "by " + key.id() + ", " + SignatureReport.standing(records, key.id()))
        .collect(Collectors.joining(" and ", "", ": "));
  }

  /**
   * A statement that can be relied on: by a trusted key, on the patch as it was made.
   *
   * @param worst the least that it must say
   * @throws PatchFormatException FMN-408 if there is none
   */
  FoundStatement evidence(Outcome worst) throws PatchFormatException {
    return statements.stream()
        .filter(found -> found.strength() == 1)
        .filter(
            found ->
                found.result().filter(said -> said.outcome().compareTo(worst) <= 0).isPresent())
        .filter(
            found ->
                found.signers().stream().anyMatch(key -> records.trusted(key.id()).isPresent()))
        .findFirst()
        .orElseThrow(
            () ->
                new PatchFormatException(
                    PatchError.NO_EVIDENCE,
                    subject.toString(),
                    Message.of(
                        "no key that you trust states of it, at strength 1, that it %s (statements found: %d); get one from"
                            + " who evaluated it, or evaluate it and state it yourself: fmn attest",
                        worst, statements.size())));
  }
}
