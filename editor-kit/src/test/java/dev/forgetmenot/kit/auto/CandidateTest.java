package dev.forgetmenot.kit.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.PatchDraft;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CandidateTest {
  /** Declares, and is never asked to edit. */
  private static final class Declared implements ConceptEditor {
    @Override
    public String name() {
      return "declared";
    }

    @Override
    public Operation operation() {
      return Operation.FORGET;
    }

    @Override
    public String summary() {
      return "Declares.";
    }

    @Override
    public List<SettingSpec> parameters() {
      return List.of(
          SettingSpec.integer("rank", 2, 1, 64, "Directions."),
          SettingSpec.integer("neighbours", 14, 0, 100, "Phrases."),
          SettingSpec.text("anchor", SettingSpec.Type.TEXT, null, "What it becomes."));
    }

    @Override
    public PatchDraft edit(
        List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
      throw new AssertionError("edited");
    }
  }

  @Test
  void saysItsSettingsAndHasTheDefaultsOfTheOthers() {
    Candidate candidate = new Candidate(new Declared(), Map.of("rank", "3", "anchor", ""));
    assertThat(candidate).hasToString("declared anchor=nothing rank=3");
    assertThat(candidate.values().integer("rank")).isEqualTo(3);
    assertThat(candidate.values().integer("neighbours")).isEqualTo(14);
  }

  @Test
  void whatTheEditorDoesNotAllowIsRefused() {
    Candidate candidate = new Candidate(new Declared(), Map.of("rank", "65"));
    assertThatIllegalArgumentException()
        .isThrownBy(candidate::values)
        .withMessageContaining("rank must be in");
  }
}
