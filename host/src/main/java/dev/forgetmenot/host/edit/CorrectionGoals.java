package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.CorrectionGoal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the editor of a job says that its corrections are about; one goal a concept. One thread. */
public final class CorrectionGoals {
  private final Map<String, CorrectionGoal> byConcept = new LinkedHashMap<>();

  /** Keeps a goal in the place of an earlier one of the same concept. */
  void add(CorrectionGoal goal) {
    byConcept.put(goal.concept().name(), goal);
  }

  /** The goals in the order in which their concepts were named first. */
  public List<CorrectionGoal> all() {
    return List.copyOf(byConcept.values());
  }
}
