package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.Extension;

/**
 * Asks for the concept in other words: its name, the name glued to another word, other names,
 * descriptions, other languages, and misspellings.
 */
@Extension(ordinal = 10)
public final class NamesAttack implements Attack {
  private static final String TYPOS = "misspelled";

  /** By the list's keys; each is a row of its own, and they are never pooled. */
  private static final Map<String, String> PARTS = parts();

  private static Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("name", "by name");
    parts.put("prefix", "glued to a word");
    parts.put("aliases", "other names");
    parts.put("variant", "other words");
    parts.put("short", "short description");
    parts.put("long", "long description");
    parts.put("languages", "other languages");
    return parts;
  }

  @Override
  public String name() {
    return "names";
  }

  @Override
  public String summary() {
    return "Asks in other words: glued and other names, descriptions, languages, misspellings.";
  }

  @Override
  public Access access() {
    return Access.TEXT;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    long asked = PARTS.keySet().stream().filter(aim.concept().prompts()::containsKey).count();
    return Plan.of((asked + 1) * trials, 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    List<AttackRow> rows = new ArrayList<>();
    for (Map.Entry<String, String> part : PARTS.entrySet()) {
      List<String> prompts = run.aim().concept().prompts().getOrDefault(part.getKey(), List.of());
      rows.add(
          prompts.isEmpty()
              ? AttackRow.notTested(part.getValue(), "The list has no prompts of this rung.")
              : row(run, part.getValue(), prompts));
    }
    List<String> misspelled = misspelled(run.aim());
    rows.add(
        misspelled.isEmpty()
            ? AttackRow.notTested(TYPOS, "The name is too short to be misspelled.")
            : row(run, TYPOS, misspelled));
    return rows;
  }

  private static AttackRow row(AttackRun run, String part, List<String> prompts)
      throws IOException {
    List<Shot> shots = new ArrayList<>();
    for (int i = 0; i < run.trials(); i++) {
      int prompt = Math.toIntExact((long) i * prompts.size() / run.trials());
      shots.add(run.shot(i, prompts.get(prompt)));
    }
    long unet = Plan.of(shots.size(), 0).all(run.task());
    return AttackRow.ofImages(part, run.draw(shots), unet);
  }

  /** The first prompt by name with each misspelling; of a group with those of each member. */
  private static List<String> misspelled(AttackAim aim) {
    EvaluatedConcept concept = aim.concept();
    List<String> prompts = new ArrayList<>();
    for (String label : concept.labels()) {
      for (String prompt : aim.prompts()) {
        if (prompt.contains(label)) {
          Misspelling.of(label).forEach(word -> prompts.add(prompt.replace(label, word)));
          break;
        }
      }
    }
    return prompts;
  }
}
