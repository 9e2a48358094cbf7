package dev.forgetmenot.plugin.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.plugin.evaluate.attack.CompleteAttack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttackControlsTest {
  private static final String NEIGHBOUR = "with a neighbour";
  private static final Attack ATTACK = new CompleteAttack();

  private final EvaluatedConcept sketch = SmallTask.concept("sketch", ConceptType.STYLE, "ink");
  private final SmallTask task = new SmallTask().target(sketch).others(ConceptType.STYLE, "ink");
  private final EvaluatedConcept kite = SmallTask.concept("a kite", ConceptType.OBJECT);
  private final AttackAim never =
      new AttackAim(
          kite, Optional.of(new NeverKnown("kite", "a kite", ConceptType.OBJECT, Path.of("kite"))));

  /** Judges see what an image was asked for where its seed is 1, and nothing of it otherwise. */
  private static final class Seeds extends FakeAccess {
    @Override
    public List<DrawnImage> make(
        List<Shot> shots, ModelState state, ImageMaker.Described maker, JobContext context) {
      return drawn(shots.size(), "plain", 0);
    }

    @Override
    public List<JudgedImage> answers(
        String judge, List<DrawnImage> drawn, Optional<NeverKnown> never) {
      return drawn.stream()
          .map(one -> one.shot().seed() == 1 ? one.shot().label() : "else")
          .map(label -> new JudgedImage(label, 0.1, false))
          .toList();
    }

    @Override
    public void show(ImageSet set, List<DrawnImage> original, List<DrawnImage> patched) {
      assertThat(original).hasSameSizeAs(patched);
    }
  }

  private static List<DrawnImage> drawn(int count, String label, long seed) {
    Shot shot = new Shot("a prompt", seed, label, ConceptType.OBJECT);
    return Collections.nCopies(count, new DrawnImage(shot, "0".repeat(64)));
  }

  private static AttackRow row(String part, String label, long seed) {
    return AttackRow.ofImages(part, drawn(4, label, seed), 8);
  }

  /** The row of an edit that brings sketch each time; neighbours are what they are. */
  private Measurement measured(List<AttackRow> known) throws IOException {
    EvaluationTask all = task.build();
    ImageSets sets = new ImageSets(all);
    Seeds access = new Seeds();
    says(access, sets.name(sketch), ModelState.ORIGINAL, "sketch");
    for (ImageSets.Group group : ImageSets.Group.values()) {
      sets.neighbours(sketch, group)
          .ifPresent(images -> says(access, images, ModelState.PATCHED, "ink"));
    }
    AttackRow brought = row(NEIGHBOUR, "sketch", 1);
    return new AttackControls(all, access, JobContext.NONE, sketch)
        .measure(
            ATTACK,
            brought,
            1,
            new AttackControls.Run(AttackAim.of(sketch), List.of(brought)),
            List.of(new AttackControls.Run(never, known)))
        .orElseThrow();
  }

  private static void says(FakeAccess access, ImageSet set, ModelState state, String label) {
    String[] labels = set.shots().stream().map(shot -> label).toArray(String[]::new);
    access.says("B", set.id(), state, labels);
  }

  @Test
  void aPartThatWhatWasNeverKnownHasNotHasNeighboursForItsFloor() throws IOException {
    Measurement row = measured(List.of(row("with the name", "a kite", 1)));
    assertThat(row.patched().orElseThrow().k()).isEqualTo(4);
    assertThat(row.original().orElseThrow().k()).isEqualTo(4);
    assertThat(row.question().orElseThrow().floor().k()).isZero();
    assertThat(row.explanation()).contains("No never-known concept was attacked this way");
  }

  @Test
  void thePartOfWhatWasNeverKnownIsTheFloor() throws IOException {
    Measurement row = measured(List.of(row(NEIGHBOUR, "a kite", 1)));
    assertThat(row.question().orElseThrow().floor().k()).isEqualTo(4);
    assertThat(row.question().orElseThrow().p()).isEqualTo(1);
    assertThat(row.explanation()).contains("for concepts that the model never knew");
  }
}
