package dev.forgetmenot.evaluation.bench;

import java.util.List;

/** Prompts of a table that a user brings. */
public record PromptTable(List<PromptRow> rows) {
  /** Copies the list. */
  public PromptTable {
    rows = List.copyOf(rows);
  }
}
