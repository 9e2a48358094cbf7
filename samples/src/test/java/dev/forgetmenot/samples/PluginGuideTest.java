package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.Seeds;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pf4j.Extension;

/**
 * The Java of docs/plugin-guide.md; see {@link GuidePage}. What drawing makes of exchanged patches
 * is tested with plugin-patch.
 */
class PluginGuideTest {
  @Test
  void thePageShowsWhatRuns() throws IOException {
    GuidePage.showsWhatRuns(
        "docs/plugin-guide.md",
        List.of(
            "samples/src/test/java/dev/forgetmenot/samples/PluginGuideTest.java",
            "samples/third-party-plugin/src/main/java/org/example/fmn/DirectionAblation.java"));
  }

  private static final class AddsAPatch implements SamplingExtension {
    // begin: sampling
    @Override
    public Run begin(GenerationRequest request, PatchedModel model) throws IOException {
      List<PatchRequest> wanted = new ArrayList<>(model.patches()); // what the user asked for
      wanted.add(model.named("merlin", 0.8)); // found and verified by the host, open
      model.repatch(wanted); // until the request is drawn
      model.say("merlin is on for this prompt"); // said once for each request
      return new Run() {};
    }
    // end
  }

  @Test
  void anExtensionPutsPatchesOn() throws IOException {
    PatchRequest own = new PatchRequest(Path.of("own.fmnpatch"), 1);
    List<Object> calls = new ArrayList<>();
    PatchedModel model =
        (PatchedModel)
            Proxy.newProxyInstance(
                PatchedModel.class.getClassLoader(),
                new Class<?>[] {PatchedModel.class},
                (proxy, method, given) ->
                    switch (method.getName()) {
                      case "patches" -> List.of(own);
                      case "named" ->
                          new PatchRequest(Path.of(given[0] + ".fmnpatch"), (double) given[1]);
                      default -> calls.add(given[0]) ? null : proxy;
                    });
    new AddsAPatch().begin(GenerationRequest.of("a photo of a castle"), model).close();
    assertThat(calls)
        .containsExactly(
            List.of(own, new PatchRequest(Path.of("merlin.fmnpatch"), 0.8)),
            "merlin is on for this prompt");
  }

  @Test
  void anEditorSaysItsGoal() {
    List<EditGoal> goals = new ArrayList<>();
    JobContext context =
        new JobContext.Nested() {
          @Override
          public JobContext outer() {
            return JobContext.NONE;
          }

          @Override
          public void goal(EditGoal goal) {
            goals.add(goal);
          }
        };
    // begin: goal
    context.goal(
        new EditGoal(
            new Concept("a bear", ConceptType.OBJECT), // as the prompt says it
            List.of("a brown bear", "a polar bear"), // known phrases, the dominant one first
            List.of())); // phrases that are taken out of the concept
    // end
    assertThat(goals)
        .singleElement()
        .satisfies(goal -> assertThat(goal.instances()).contains("a polar bear"));
  }

  // begin: evaluator
  @Extension
  public static final class Brightness implements Evaluator {
    @Override
    public String name() {
      return "brightness"; // fmn evaluate --evaluator brightness
    }

    @Override
    public String summary() {
      return "How bright the images of other concepts are.";
    }

    @Override
    public Needs needs(EvaluationTask task) { // drawn once, whoever else asks for the same
      return new Needs(task.others().stream().map(one -> images(one, task)).toList(), 0, List.of());
    }

    private static ImageSet images(EvaluatedConcept concept, EvaluationTask task) {
      List<String> prompt = List.of("a photo of " + concept.phrase());
      var shots = ImageSet.shots(prompt, task.seeds().retain(), concept.phrase(), concept.kind());
      return new ImageSet("bright/" + concept.name(), concept.phrase(), shots, false);
    }

    @Override
    public List<Measurement> measure(
        EvaluationTask task, EvaluationAccess access, JobContext context) throws IOException {
      List<Measurement> rows = new ArrayList<>();
      for (EvaluatedConcept other : task.others()) {
        ImageSet set = images(other, task);
        rows.add(
            Measurement.builder("brightness", "") // of the whole model, not of a target
                .part(other.name())
                .in(Unit.NUMBER, Good.UNCHANGED)
                .original(Reading.of(mean(access.images(set, ModelState.ORIGINAL))))
                .patched(Reading.of(mean(access.images(set, ModelState.PATCHED))))
                .explained("The mean of all pixels, 0 to 255.", "our own")
                .of(set) // the images that a click on the number shows
                .build());
      }
      return rows;
    }

    private static double mean(List<RgbImage> images) {
      return images.stream()
          .flatMapToInt(
              image -> IntStream.range(0, image.rgb().length).map(i -> image.rgb()[i] & 255))
          .average()
          .orElse(Double.NaN);
    }
  }

  // end

  @Test
  void anEvaluatorMeasuresItsImages() throws IOException {
    EvaluatedConcept castle =
        new EvaluatedConcept(
            "castle",
            "a castle",
            ConceptType.OBJECT,
            List.of("a castle"),
            Map.of(),
            List.of(),
            List.of(),
            Optional.empty());
    EvaluationTask task =
        new EvaluationTask(
            List.of(),
            List.of(castle),
            List.of(),
            KnownConcepts.EMPTY,
            Optional.empty(),
            List.of(),
            1,
            new Seeds(new long[0], new long[] {7, 8}, new long[0], new long[0]),
            GenerationRequest.of(""));
    EvaluationAccess access =
        (EvaluationAccess)
            Proxy.newProxyInstance(
                EvaluationAccess.class.getClassLoader(),
                new Class<?>[] {EvaluationAccess.class},
                (proxy, method, given) -> {
                  byte level = (byte) (given[1] == ModelState.ORIGINAL ? 200 : 40);
                  return List.of(new RgbImage(1, 1, new byte[] {0, level, level}));
                });
    Brightness brightness = new Brightness();
    assertThat(brightness.needs(task).images().get(0).shots()).hasSize(2);
    assertThat(brightness.measure(task, access, JobContext.NONE))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.original()).contains(Reading.of(400 / 3.0));
              assertThat(row.patched()).contains(Reading.of(80 / 3.0));
              assertThat(row.sets()).containsExactly("bright/castle");
            });
  }
}
