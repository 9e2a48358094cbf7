package dev.forgetmenot.evaluation.statement;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A file beside a patch or a stack that should be a statement on results of tests of it. One that
 * cannot be used does no harm: a file that others put there must not keep a patch from being used.
 *
 * @param file where it lies
 * @param signers whose signatures are right, by key id; whose keys these are, is not said here
 * @param result what they say
 * @param strength that the patch was tested with; 1 where the statement does not say it
 * @param problem why nothing is said by it; empty if something is
 */
public record FoundStatement(
    Path file,
    List<VerificationKey> signers,
    Optional<TestResult> result,
    double strength,
    Optional<String> problem) {
  /** Copies the list. */
  public FoundStatement {
    signers = List.copyOf(signers);
  }

  /**
   * The statements beside a patch or a stack, by the names of their files.
   *
   * @param subject the patch or the stack
   * @param sha256 of its manifest, the patch id, or of the stack's file
   * @param known keys that signatures are tried with which bring none
   * @throws IOException if the folder cannot be read
   */
  public static List<FoundStatement> beside(
      Path subject, String sha256, Collection<VerificationKey> known) throws IOException {
    List<FoundStatement> found = new ArrayList<>();
    for (Path file : SignedStatement.beside(subject)) {
      found.add(read(file, sha256, known));
    }
    return found;
  }

  /** The same of one file. */
  public static FoundStatement read(Path file, String sha256, Collection<VerificationKey> known) {
    try {
      SignedStatement signed = SignedStatement.read(file, known);
      ResourceDescriptor subject =
          signed
              .statement()
              .about(sha256)
              .orElseThrow(
                  () ->
                      new PatchFormatException(
                          PatchError.PAYLOAD_DIFFERS,
                          file.toString(),
                          "speaks of another patch, or of another version of it"));
      TestResult result = TestResult.read(file.toString(), signed.statement());
      return new FoundStatement(
          file, signed.signers(), Optional.of(result), strength(subject), Optional.empty());
    } catch (IOException e) {
      return new FoundStatement(
          file, List.of(), Optional.empty(), 1, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private static double strength(ResourceDescriptor subject) {
    return subject.annotations().get("strength") instanceof BigDecimal number
        ? number.doubleValue()
        : 1;
  }

  /** The same by whose key, if it can be used; whether to believe it, only the reader knows. */
  public Optional<String> line() {
    return result.map(
        said ->
            Message.of(
                "by %s: %s",
                signers.stream().map(VerificationKey::id).collect(Collectors.joining(" and ")),
                summary()));
  }

  /** What it says, without who says it. */
  public String summary() {
    if (result.isEmpty()) {
      return "nothing that can be used: " + problem.orElse("");
    }
    TestResult said = result.get();
    List<String> words = new ArrayList<>();
    words.add(
        Message.of(
            "%s: %d rows not reached, %d reached%s, %d not tested or without a baseline",
            said.outcome(),
            said.passed().size(),
            said.failed().size(),
            said.failed().isEmpty() ? "" : " (" + Message.some(said.failed()) + ")",
            said.warned().size()));
    words.add("strength " + (strength == 1 ? "1" : String.valueOf(strength)));
    words.addAll(said.labels());
    return String.join(", ", words);
  }
}
