package dev.forgetmenot.evaluation.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which attacks are run.
 *
 * @param only names of attacks; empty for all of the preset
 * @param settings by {@code attack.setting}, as written
 */
public record AttackChoice(Preset preset, List<Mention> only, Map<String, Mention> settings) {
  /** Copies list and map. */
  public AttackChoice {
    only = List.copyOf(only);
    settings = Map.copyOf(settings);
  }

  /** How much work attacks may take. */
  public enum Preset {
    /** No attacks. */
    NONE,
    /** Minutes on a laptop. */
    QUICK,
    /** More images, for smaller intervals. */
    STANDARD,
    /** The budgets that were published. */
    PAPER;

    /** The word of lists. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
