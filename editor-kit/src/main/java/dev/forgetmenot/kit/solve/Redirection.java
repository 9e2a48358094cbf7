package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.Subspace;
import java.util.List;

/**
 * A general word that draws the concept, and another of its instances that it draws instead.
 *
 * @param general as a prompt says it, such as {@code a flower}
 * @param instead the instance, such as {@code a tulip}
 */
public record Redirection(String general, String instead) {
  private static final String SETTING = "redirect";

  /** The setting that names them. */
  public static SettingSpec setting() {
    return SettingSpec.list(
        SETTING,
        "A general word that draws the concept and what it draws instead, such as"
            + " word=phrase.");
  }

  /**
   * The redirections of a job.
   *
   * @throws IllegalArgumentException if an entry is not {@code word=phrase}
   */
  public static List<Redirection> all(SolveInput job) {
    return job.options().phrases(SETTING).stream().map(Redirection::of).toList();
  }

  private static Redirection of(String entry) {
    String[] parts = entry.split("=", -1);
    if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
      throw new IllegalArgumentException(
          Message.of(
              "%s: '%s' is not a general word and what it draws instead; write word=phrase",
              SETTING, entry));
    }
    return new Redirection(parts[0].strip(), parts[1].strip());
  }

  /** The main difference of the word to what it draws instead (d × 1). */
  public Matrix difference(SolveInput job) {
    ConceptEmbeddings.Pairs pairs = pairs(job);
    return Subspace.ofFirst(pairs.targets().minus(pairs.guides()), 1).basis();
  }

  /** The columns of the word with those of what it draws instead. */
  public ConceptEmbeddings.Pairs pairs(SolveInput job) {
    return job.rows(word(job).kind()).pairs(job.subject(general), job.subject(instead));
  }

  /** The word as a phrase that would be kept. */
  public PreservedConcept word(SolveInput job) {
    return job.kept(general);
  }
}
