package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a training would cost, from two steps of it with one drawing: the rest of the drawings and
 * of the steps take as long as those. For the engine thread.
 *
 * @param drawings the parameter that says how many drawings the model makes of each concept
 */
record TrainingEstimate(ConceptEditor editor, String drawings) {
  /** Gradient, two moments and the copy of the base, floats each. */
  private static final long BYTES_OF_A_NUMBER = 4L * Float.BYTES;

  private static final int STEPS = 2;

  EditEstimate of(List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    Map<String, String> few = new HashMap<>(values.all());
    few.put("steps", Integer.toString(STEPS));
    few.put("save-every", Integer.toString(STEPS));
    few.put(drawings, "1");
    Watch watch = new Watch(context);
    PatchDraft draft = editor.edit(concepts, Settings.of(editor.parameters(), few), model, watch);
    double step = (watch.end - watch.first) / 1e9;
    double setup = Math.max(0, (watch.first - watch.start) / 1e9 - step);
    long steps = values.integer("steps");
    boolean drawn =
        values.find("image-dir").isEmpty() && !new ResteeringSettings(values).noRealImage();
    double each = drawn ? setup : 0; // with a folder it is small
    double seconds = each * values.integer(drawings) + steps * step;
    return new EditEstimate(
        Duration.ofMillis(Math.round(1000 * seconds)),
        BYTES_OF_A_NUMBER * draft.edits().get(0).elements(),
        List.of(
            Message.of(
                "%d steps of %.2f s%s",
                steps,
                step,
                drawn
                    ? Message.of(
                        " after %d images of each concept, %.1f s each for all",
                        values.integer(drawings), each)
                    : "")));
  }

  /** Measures when the steps end; nothing is kept or reported. */
  private static final class Watch implements JobContext.Silent {
    private final JobContext outer;
    private final long start = System.nanoTime();
    private long first;
    private long end;

    Watch(JobContext outer) {
      this.outer = outer;
    }

    @Override
    public JobContext outer() {
      return outer;
    }

    @Override
    public void trained(int step, int steps, double loss, double gradientNorm) {
      end = System.nanoTime();
      if (step == 1) {
        first = end;
      }
    }
  }
}
