package dev.forgetmenot.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawingTest {
  private static final GenerationRequest SETTINGS =
      GenerationRequest.builder("").sampler("ddim").width(8).height(8).build();

  private final FakeModel model = new FakeModel();

  @TempDir private Path folder;

  private List<ImageUnit> units(String... prompts) {
    ImageSet set =
        new ImageSet(
            "name/hat",
            "hats",
            ImageSet.shots(
                List.of(prompts), LongStream.range(0, 5).toArray(), "a hat", ConceptType.OBJECT),
            false);
    return new Plan(Map.of(), new TaskUnits(model, SETTINGS).of(List.of(set))).units();
  }

  private ImageStore store(String name) {
    return new ImageStore(folder.resolve(name));
  }

  @Test
  void eachImageIsDrawnOnceAndPatchesArePutOnOnce() throws IOException {
    ImageStore store = store("one");
    Drawing drawing = new Drawing(model, store, JobContext.NONE);
    assertThat(drawing.draw(units("a hat", "a cap"))).isEqualTo(20);
    assertThat(model.states).containsExactlyInAnyOrder(ModelState.values());
    int drawn = model.drawn;
    assertThat(drawing.draw(units("a hat", "a cap"))).isZero();
    assertThat(model.drawn).isEqualTo(drawn);
    assertThat(drawing.draw(units("a hat", "a bonnet"))).isEqualTo(10);
  }

  /** The fake's pixels depend on how many are drawn together, as the last bits of networks do. */
  @Test
  void anImageDoesNotDependOnWhatElseIsDrawn() throws IOException {
    List<ImageUnit> units = units("a hat", "a cap", "a bonnet");
    new Drawing(model, store("all"), JobContext.NONE).draw(units);
    for (ImageUnit unit : units) {
      ImageStore alone = store(unit.key());
      new Drawing(model, alone, JobContext.NONE).draw(List.of(unit));
      assertThat(alone.image(unit.key()).rgb()).isEqualTo(store("all").image(unit.key()).rgb());
    }
  }

  @Test
  void whateverEndsItLosesOneBatch() throws IOException {
    ImageStore store = store("cut");
    List<ImageUnit> units = units("a hat", "a cap");
    model.failsAfter = 3;
    assertThatThrownBy(() -> new Drawing(model, store, JobContext.NONE).draw(units))
        .hasMessageContaining("the power failed");
    FakeModel again = new FakeModel();
    assertThat(new Drawing(again, store, JobContext.NONE).draw(units)).isEqualTo(20 - 10);
  }

  @Test
  void itStopsBetweenTwoBatches() throws IOException {
    ImageStore store = store("stopped");
    List<String> said = new ArrayList<>();
    JobContext stopping =
        new JobContext.Silent() {
          @Override
          public JobContext outer() {
            return NONE;
          }

          @Override
          public void progress(String stage, long done, long total) {
            said.add("%s %d/%d".formatted(stage, done, total));
          }

          @Override
          public boolean cancelled() {
            return said.size() == 2;
          }
        };
    List<ImageUnit> units = units("a hat");
    assertThatThrownBy(() -> new Drawing(model, store, stopping).draw(units))
        .isInstanceOf(CancellationException.class);
    assertThat(said).containsExactly("drawing 0/10", "drawing 4/10");
    assertThat(new Drawing(model, store, JobContext.NONE).draw(units)).isEqualTo(5);
  }

  @Test
  void drawingAgainShowsWhetherAModelIsAsItWas() throws IOException {
    ImageStore store = store("again");
    List<ImageUnit> units = units("a hat");
    Drawing drawing = new Drawing(model, store, JobContext.NONE);
    drawing.draw(units);
    assertThat(drawing.repeats(units)).isTrue();
    ImageStore other = store("other");
    for (ImageUnit unit : units) { // images of other units, as a model that is not restored draws
      other.put(unit.key(), java.nio.file.Files.readAllBytes(store.find(units.get(0).key()).get()));
    }
    assertThat(new Drawing(model, other, JobContext.NONE).repeats(units)).isFalse();
  }
}
