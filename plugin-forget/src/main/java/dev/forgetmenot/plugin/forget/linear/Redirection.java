package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import java.util.List;

/**
 * A general word that draws the concept, and another of its instances that it draws instead.
 *
 * @param general as a prompt says it, such as {@code a flower}
 * @param instead the instance, such as {@code a tulip}
 */
record Redirection(String general, String instead) {
  /**
   * The redirections of a setting.
   *
   * @throws IllegalArgumentException if an entry is not {@code word=phrase}
   */
  static List<Redirection> all(SolveInput job, String setting) {
    return job.options().phrases(setting).stream().map(entry -> of(setting, entry)).toList();
  }

  private static Redirection of(String setting, String entry) {
    String[] parts = entry.split("=", -1);
    if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
      throw new IllegalArgumentException(
          Message.of(
              "%s: '%s' is not a general word and what it draws instead; write word=phrase",
              setting, entry));
    }
    return new Redirection(parts[0].strip(), parts[1].strip());
  }

  /** The main difference of the word to what it draws instead (d × 1). */
  Matrix difference(SolveInput job) {
    ConceptEmbeddings.Pairs pairs = pairs(job);
    return Subspace.ofFirst(pairs.targets().minus(pairs.guides()), 1).basis();
  }

  /** The columns of the word with those of what it draws instead. */
  ConceptEmbeddings.Pairs pairs(SolveInput job) {
    return job.rows(word(job).kind()).pairs(job.subject(general), job.subject(instead));
  }

  /** The word as a phrase that would be kept. */
  PreservedConcept word(SolveInput job) {
    return job.kept(general);
  }
}
