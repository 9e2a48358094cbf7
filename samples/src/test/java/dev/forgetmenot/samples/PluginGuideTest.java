package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
